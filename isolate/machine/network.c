#include "isolate/machine/network.h"

bool machine_network(const Host *host, const Config *config, NetworkHost *ret, Error *error)
{
	ret->run_dir = host->run_dir;
	return subnet_parse(config->network_subnet, "network_subnet", &ret->subnet, error);
}

bool machine_network_restore(const Host *host, const Config *config, Error *error)
{
	NetworkHost network = { 0 };
	return machine_network(host, config, &network, error) && network_restore(&network, error);
}
