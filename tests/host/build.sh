# shellcheck shell=bash
# shellcheck disable=SC2154 # cache comes from common.sh, here from host
# Builds the trees that instances of the test host are copied from. Sourced by host.

# The run-time libraries of sdme: add here what the Makefile links.
sdme_libraries=(
	libyaml-0-2 libjson-c5 libseccomp2 libmnl0 libcurl4 libarchive13 libssl3 libcap2 libzstd1
	zlib1g libisal2 libnftables1 libsystemd0
)

host_packages=(
	systemd systemd-sysv dbus systemd-container systemd-resolved libnss-myhostname libnss-mymachines
	iproute2 iputils-ping nftables procps dhcpcd-base netcat-openbsd
	curl ca-certificates openssl jq zstd xz-utils file
	docker-registry debootstrap
	e2fsprogs xfsprogs btrfs-progs erofs-utils squashfs-tools
)

# The rivals of the benchmarks and what they run on.
podman_packages=(podman skopeo crun conmon netavark aardvark-dns iptables catatonit fuse-overlayfs)

# 64-bit time_t renamed some libraries in Debian 13, the file names of the libraries are the same.
library_name() {
	local release=$1 name=$2
	if [[ $release != bookworm ]]; then
		case $name in
		libcurl4 | libssl3 | libarchive13) name+=t64 ;;
		esac
	fi
	echo "$name"
}

package_list() {
	local release=$1 library
	local packages=("${host_packages[@]}")
	for library in "${sdme_libraries[@]}"; do
		packages+=("$(library_name "$release" "$library")")
	done
	(
		IFS=,
		echo "${packages[*]}"
	)
}

# host_tree RELEASE VARIANT: where the built tree is, or will be. VARIANT: plain or podman.
host_tree() {
	local release=$1 variant=$2 key
	key=$(text_hash "layout 1" "$(package_list "$release")")
	if [[ $variant == podman ]]; then
		key=$(text_hash "$key" "podman 2" "${podman_packages[@]}")
	fi
	echo "$cache/host-$release-$variant-$key"
}

build_plain_tree() {
	local release=$1 dir=$2
	bootstrap "$release" "$dir" "$(package_list "$release")"
	echo "deb $(mirror) $release main" > "$dir/etc/apt/sources.list"
	trim_tree "$dir"
}

# No limits that root may not raise, none that need a cgroup controller, plain HTTP on loopback.
configure_podman() {
	local dir=$1 library=/usr/local/lib/setrlimit.so
	gcc -std=c11 -O2 -Wall -Wextra -shared -fPIC -o "$dir$library" "$here/setrlimit.c"
	printf '#!/bin/sh\nLD_PRELOAD=%s exec /usr/bin/crun "$@"\n' $library > "$dir/usr/local/bin/crun"
	chmod 755 "$dir/usr/local/bin/crun"
	mkdir -p "$dir/etc/containers/registries.conf.d"
	cat > "$dir/etc/containers/containers.conf" <<- 'END'
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
		pids_limit = 0

		[network]
		network_backend = "netavark"

		[engine]
		cgroup_manager = "systemd"
		events_logger = "journald"
		runtime = "crun"

		[engine.runtimes]
		crun = ["/usr/local/bin/crun"]
	END
	cat > "$dir/etc/containers/registries.conf.d/tests.conf" <<- 'END'
		[[registry]]
		location = "localhost:5000"
		insecure = true
	END
}

build_podman_tree() {
	local release=$1 dir=$2
	build_tree "$release" plain
	cp -a --reflink=auto "$(host_tree "$release" plain)" "$dir"
	apt_install "$dir" "${podman_packages[@]}"
	configure_podman "$dir"
	trim_tree "$dir"
}

build_tree_locked() {
	local release=$1 variant=$2 tree temporary=$cache/tmp.$1-$2.$$
	tree=$(host_tree "$release" "$variant")
	[[ -d $tree ]] && return
	need_programs debootstrap apt-get sha256sum unshare chroot
	say "building the $variant test host of $release, which takes a minute or two"
	remove_stale_temporaries
	"build_${variant}_tree" "$release" "$temporary"
	rm -rf "$cache/host-$release-$variant-"*
	mv "$temporary" "$tree"
}

# build_tree RELEASE VARIANT: makes the tree unless there is one of the same packages already.
build_tree() {
	local release=$1 variant=$2
	[[ -d $(host_tree "$release" "$variant") ]] && return
	export_apt_proxy
	with_lock "host-$release-$variant" build_tree_locked "$release" "$variant"
}
