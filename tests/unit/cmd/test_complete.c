#include "tests/unit/run_line.h"

#include <unistd.h>

#define KINDS "pods\nconfigmaps\nsecrets\npersistentvolumeclaims\n"

TEST(complete_offers_kinds_then_their_objects)
{
	if (geteuid() != 0)
		SKIP("needs root");
	CHECK_RUN("configmap create web --from-literal a=1", 0, "web\n", "");
	CHECK_RUN("configmap create db --from-literal a=1", 0, "db\n", "");
	CHECK_RUN("secret create key --from-literal a=1", 0, "key\n", "");
	CHECK_RUN("__complete objects", 0, KINDS, "");
	CHECK_RUN("__complete objects -- p", 0, KINDS, "");
	CHECK_RUN("__complete objects-or-pods -- p", 0, KINDS, "");
	CHECK_RUN("__complete objects -- po,c", 0,
		  "po,pods\npo,configmaps\npo,secrets\npo,persistentvolumeclaims\n", "");
	CHECK_RUN("__complete objects -- cm w", 0, "db\nweb\n", "");
	CHECK_RUN("__complete objects -- Secrets,cm web d", 0, "key\ndb\nweb\n", "");
	CHECK_RUN("__complete objects -- pods w", 0, "", "");
	CHECK_RUN("__complete objects -- widgets w", 0, "", "");
	CHECK_RUN("__complete objects -- cm/", 0, "cm/db\ncm/web\n", "");
	CHECK_RUN("__complete objects -- widget/", 0, "", "");
	CHECK_RUN("__complete objects -- cm/web s", 0, "configmap/db\nconfigmap/web\nsecret/key\n",
		  "");
	CHECK_RUN("__complete objects -- cm/web secret/", 0, "secret/key\n", "");
	CHECK_RUN("__complete containers -- web a", 0, "", "");
	CHECK_RUN("__complete containers", 0, "", "");
	CHECK_RUN("__complete secrets -- a b", 0, "key\n", "");
}
