# shellcheck shell=bash
# shellcheck disable=SC2154 # out comes from build
# layers:30, an image with what makes unpacking hard: 30 layers, each about one thing. What must
# come out is in expected_tree below, and as /expected in the image. Sourced by build.
#
# Each layer_NN fills the directory $1.

layer_01() { # the ground that later layers change
	mkdir -p "$1"/{bin,etc,opt,tmp,var/log,links,opaque,whiteout,gone,mode,late-opaque,volume}
	cp "$out/hello" "$1/opt/hello"
	printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1234:1235:app:/:/bin/sh\n' > "$1/etc/passwd"
	printf 'root:x:0:\napp:x:1235:\nextra:x:4321:app\n' > "$1/etc/group"
	echo old > "$1/opaque/old"
	echo old > "$1/late-opaque/old"
	echo kept > "$1/whiteout/kept"
	echo removed > "$1/whiteout/removed"
	echo gone > "$1/gone/old"
	echo kept > "$1/mode/file"
	echo first > "$1/replaced"
	echo file > "$1/file-then-directory"
	echo file > "$1/file-then-directory-then-file"
	mkdir "$1/directory-then-file"
	echo inside > "$1/directory-then-file/inside"
	chmod 1777 "$1/tmp"
}

layer_02() { # hard links, also across directories
	mkdir "$1/links" "$1/opt"
	echo linked > "$1/links/one"
	ln "$1/links/one" "$1/links/two"
	ln "$1/links/one" "$1/opt/three"
}

layer_03() { # a whiteout of a file
	mkdir "$1/whiteout"
	: > "$1/whiteout/.wh.removed"
}

layer_04() { # an opaque directory
	mkdir "$1/opaque"
	: > "$1/opaque/.wh..wh..opq"
	echo new > "$1/opaque/new"
}

layer_05() { # a whiteout of a directory
	: > "$1/.wh.gone"
}

layer_06() { # the directory comes back without its old files
	mkdir "$1/gone"
	echo back > "$1/gone/new"
}

layer_07() { # files become directories
	mkdir "$1/file-then-directory" "$1/file-then-directory-then-file"
	echo inside > "$1/file-then-directory/inside"
	echo inside > "$1/file-then-directory-then-file/inside"
}

layer_08() { # and one of them a file again; a directory becomes a file
	echo again > "$1/file-then-directory-then-file"
	echo file > "$1/directory-then-file"
}

layer_09() { # a file capability
	mkdir "$1/opt"
	cp "$out/hello" "$1/opt/hello-bind"
	setcap cap_net_bind_service=ep "$1/opt/hello-bind"
}

layer_10() { # setuid and setgid files, setgid and sticky directories
	mkdir "$1/opt" "$1/opt/shared"
	cp "$out/hello" "$1/opt/hello-setuid"
	cp "$out/hello" "$1/opt/hello-setgid"
	chown 0:1235 "$1/opt/hello-setgid"
	chmod 4755 "$1/opt/hello-setuid"
	chmod 2755 "$1/opt/hello-setgid"
	chmod 3775 "$1/opt/shared"
}

layer_11() { # owners
	echo mine > "$1/owned"
	chown 1234:1235 "$1/owned"
	chmod 600 "$1/owned"
	echo high > "$1/owned-by-nobody"
	chown 65534:65534 "$1/owned-by-nobody"
}

layer_12() { # log files that are standard streams, as web servers' images have them
	mkdir -p "$1/var/log"
	ln -s /dev/stdout "$1/var/log/app.log"
	ln -s /dev/stderr "$1/var/log/error.log"
}

layer_13() { # symbolic links: absolute, dangling, climbing out
	ln -s /etc/passwd "$1/absolute"
	ln -s nowhere "$1/dangling"
	ln -s ../../../../../../etc/passwd "$1/climbing"
	ln -s links "$1/to-directory"
}

layer_14() { # a whiteout of what never was
	mkdir "$1/whiteout"
	: > "$1/whiteout/.wh.never"
}

layer_15() { # a whiteout beside a new file of that name: whiteouts are about lower layers
	: > "$1/.wh.replaced"
	echo second > "$1/replaced"
}

layer_16() { # a named pipe
	mkfifo "$1/pipe"
	chmod 640 "$1/pipe"
}

layer_17() { # names that need pax headers or care
	local long=$1/long/$long_part/$long_part
	mkdir -p "$long"
	echo long > "$long/file"
	echo name > "$1/with space"
	echo name > "$1/grün"
	echo name > "$1/-dash"
}

layer_18() { # much air: compresses a thousand to one
	truncate -s 16M "$1/zeros"
}

layer_19() { # nothing at all
	:
}

layer_20() { # an extended attribute
	echo labelled > "$1/labelled"
	setfattr -n user.label -v test "$1/labelled"
}

layer_21() { # the opaque mark comes last in the tar, see pack_layer
	mkdir "$1/late-opaque"
	echo new > "$1/late-opaque/a-new"
	: > "$1/late-opaque/.wh..wh..opq"
}

layer_22() { # a file whose directories have no entries, see pack_layer
	mkdir -p "$1/implied/deep"
	echo implied > "$1/implied/deep/file"
}

layer_23() { # only the mode of a directory
	mkdir "$1/mode"
	chmod 711 "$1/mode"
}

layer_24() { # a file that nobody may read
	echo secret > "$1/unreadable"
	chmod 000 "$1/unreadable"
}

layer_25() { # names that only begin like a whiteout
	echo name > "$1/.wha"
	echo name > "$1/.w"
}

layer_26() { # a directory that is empty
	mkdir "$1/empty"
}

layer_27() { # an empty file
	: > "$1/empty-file"
}

layer_28() { # one of the hard-linked files is replaced, the others stay
	mkdir "$1/links"
	echo replaced > "$1/links/two"
}

layer_29() { # a hundred files
	local i
	mkdir "$1/many"
	for i in {1..100}; do
		echo "$i" > "$1/many/$i"
	done
}

layer_30() { # what must have come out
	expected_tree > "$1/expected"
}

long_part=a-part-of-a-path-that-is-so-long-that-two-of-them-exceed-what-the-old-tar-header-can-hold-in-one-field-x

# As find -printf '%y %#m %U:%G %P %l\n' has it, sorted in the C locale; without /expected,
# /many/* and what a runtime mounts.
expected_tree() {
	LC_ALL=C sort <<- END
		d 01777 0:0 tmp
		d 0711 0:0 mode
		d 0755 0:0 bin
		d 0755 0:0 empty
		d 0755 0:0 etc
		d 0755 0:0 file-then-directory
		d 0755 0:0 gone
		d 0755 0:0 implied
		d 0755 0:0 implied/deep
		d 0755 0:0 late-opaque
		d 0755 0:0 links
		d 0755 0:0 long
		d 0755 0:0 long/$long_part
		d 0755 0:0 long/$long_part/$long_part
		d 0755 0:0 many
		d 0755 0:0 opaque
		d 0755 0:0 opt
		d 0755 0:0 var
		d 0755 0:0 var/log
		d 0755 0:0 volume
		d 0755 0:0 whiteout
		d 03775 0:0 opt/shared
		f 0 0:0 unreadable
		f 02755 0:1235 opt/hello-setgid
		f 04755 0:0 opt/hello-setuid
		f 0600 1234:1235 owned
		f 0644 0:0 -dash
		f 0644 0:0 .w
		f 0644 0:0 .wha
		f 0644 0:0 directory-then-file
		f 0644 0:0 empty-file
		f 0644 0:0 etc/group
		f 0644 0:0 etc/passwd
		f 0644 0:0 file-then-directory-then-file
		f 0644 0:0 file-then-directory/inside
		f 0644 0:0 gone/new
		f 0644 0:0 grün
		f 0644 0:0 implied/deep/file
		f 0644 0:0 labelled
		f 0644 0:0 late-opaque/a-new
		f 0644 0:0 links/one
		f 0644 0:0 links/two
		f 0644 0:0 long/$long_part/$long_part/file
		f 0644 0:0 mode/file
		f 0644 0:0 opaque/new
		f 0644 0:0 opt/three
		f 0644 0:0 replaced
		f 0644 0:0 whiteout/kept
		f 0644 0:0 with space
		f 0644 0:0 zeros
		f 0644 65534:65534 owned-by-nobody
		f 0755 0:0 opt/hello
		f 0755 0:0 opt/hello-bind
		l 0777 0:0 absolute /etc/passwd
		l 0777 0:0 climbing ../../../../../../etc/passwd
		l 0777 0:0 dangling nowhere
		l 0777 0:0 to-directory links
		l 0777 0:0 var/log/app.log /dev/stdout
		l 0777 0:0 var/log/error.log /dev/stderr
		p 0640 0:0 pipe
	END
}

# pack_layer NN DIR TAR: most layers are packed plainly; for some the order is the point.
pack_layer() {
	local number=$1 dir=$2 tar=$3
	case $number in
	21)
		tar --create --file "$tar" --directory "$dir" --numeric-owner --no-recursion \
			late-opaque late-opaque/a-new late-opaque/.wh..wh..opq
		;;
	22)
		tar --create --file "$tar" --directory "$dir" --numeric-owner implied/deep/file
		;;
	*)
		pack "$dir" "$tar" --mtime=@1700000000
		;;
	esac
}

make_layers30() {
	local number dir
	umask 022
	image_begin
	for number in $(seq -w 1 30); do
		dir=$(scratch_layer)
		"layer_$number" "$dir"
		pack_layer "$number" "$dir" "$out/layer.tar"
		layer_tar "$out/layer.tar"
	done
	image_end layers 30 <<- 'END'
		{
			"User": "app",
			"WorkingDir": "/opt",
			"Entrypoint": ["./hello"],
			"Cmd": ["--print", "--on", "10", "0", "--forever"],
			"StopSignal": "SIGUSR1",
			"Volumes": {"/volume": {}},
			"ExposedPorts": {"8080/tcp": {}, "5353/udp": {}},
			"Env": [
				"PATH=/opt:/bin",
				"EMPTY=",
				"SPACES=one  two",
				"PERCENT=100%",
				"DOLLAR=$HOME $(HOME) ${HOME}",
				"QUOTES=\"double\" 'single' \\back",
				"LINES=one\ntwo"
			],
			"Labels": {"org.example.test": "layers"}
		}
	END
}
