#include "isolate/machine/network.h"

bool machine_network(const Host *host, const Config *config, NetworkHost *ret, Error *error)
{
	ret->run_dir = host->run_dir;
	return subnet_parse(config->network_subnet, "network_subnet", &ret->subnet, error);
}
