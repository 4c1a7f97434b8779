# shellcheck shell=bash
# shellcheck disable=SC2154 # cache comes from common.sh; repository, work from run
# Builds what a virtual machine boots from. Sourced by run.

# What a Debian cloud image has beyond the tree of the test host.
vm_packages=(linux-image-cloud-amd64 udev apparmor)

# The disk is found without udev's help: a small initrd unpacks in a second less.
set_initrd() {
	local settings=$1/etc/initramfs-tools
	mkdir -p "$settings/conf.d"
	echo MODULES=list > "$settings/conf.d/sdme-tests"
	printf '%s\n' virtio_pci virtio_blk ext4 > "$settings/modules"
}

build_vm_tree_locked() {
	local base=$1 tree=$2 temporary=$cache/tmp.vm.$$
	[[ -d $tree ]] && return
	say "building the tree of the virtual machine, which takes a minute"
	remove_stale_temporaries
	cp -a --reflink=auto "$base" "$temporary"
	set_initrd "$temporary"
	apt_install "$temporary" "${vm_packages[@]}"
	trim_tree "$temporary"
	rm -rf "$cache/vm-"*
	mv "$temporary" "$tree"
}

# Prints where the tree is.
vm_tree() {
	local base tree
	base=$("$repository/tests/host/host" build bookworm)
	tree=$cache/vm-$(text_hash "layout 1" "${base##*/}" "${vm_packages[@]}")
	if [[ ! -d $tree ]]; then
		export_apt_proxy
		with_lock vm build_vm_tree_locked "$base" "$tree" >&2
	fi
	echo "$tree"
}

# The same layout as the repository's, as for the end-to-end tests.
install_tests() {
	local root=$1 inside=$1/root/sdme-tests
	mkdir -p "$inside/tests"
	cp -r "$repository/tests/e2e" "$repository/tests/vm" "$inside/tests/"
	cp -r "$repository/manifests" "$inside/"
	cp "$images/hello" "$inside/hello"
	cp "$repository/tests/vm/vm-tests.service" "$root/etc/systemd/system/"
	ln -s ../vm-tests.service "$root/etc/systemd/system/multi-user.target.wants/"
}

# The registry's files are a mount of their own, as configure expects it.
install_registry() {
	local root=$1
	mkdir -p "$root/var/lib/registry"
	echo '/dev/vdb /var/lib/registry ext4 ro 0 0' > "$root/etc/fstab"
}

install_sdme() {
	make -C "$repository" --no-print-directory install PREFIX=/usr/local DESTDIR="$1" > "$work/install.log" 2>&1 || {
		cat "$work/install.log" >&2
		die "make install failed"
	}
}

# make_disk FILE SIZE DIRECTORY
make_disk() {
	rm -f "$1"
	mke2fs -q -t ext4 -L "$(basename "$1")" -d "$3" "$1" "$2" || die "mke2fs of '$1' failed"
}

# make_disks: the kernel, its initrd and two disks in $work. The tree stays as it is: changes are an overlay's.
make_disks() {
	local tree root=$work/root
	tree=$(vm_tree)
	cp "$tree"/boot/vmlinuz-* "$work/kernel"
	cp "$tree"/boot/initrd.img-* "$work/initrd"
	mkdir -p "$work/upper" "$work/overlay" "$root"
	mount -t overlay -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/overlay" overlay "$root"
	"$repository/tests/host/configure" "$root" vm "$address"
	install_registry "$root"
	install_tests "$root"
	install_sdme "$root"
	make_disk "$work/vda" 3G "$root"
	umount "$root"
	rm -rf "$work/upper" "$work/overlay"
	make_disk "$work/vdb" 128M "$(readlink -f "$images/registry")"
}
