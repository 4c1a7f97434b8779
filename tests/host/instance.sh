# shellcheck shell=bash
# shellcheck disable=SC2154 # cache comes from common.sh, here from host
# The life of one instance. Sourced by host.
#
# $cache/instances/NAME/ holds root/ (its file system) and facts; /run/sdme-tests/NAME/ holds what
# lives as long as it runs. Whether it runs is never a matter of PID files: the process that waits
# for its PID 1 holds a lock on /run/sdme-tests/NAME/alive, and the kernel drops the lock with it.

instances=$cache/instances
run=/run/sdme-tests
boot_timeout=60
shutdown_timeout=100

need_name() {
	[[ ${1:-} =~ ^[a-z][a-z0-9-]{0,30}$ ]] || die "'${1:-}' is not a name: want a-z, 0-9, -, at most 31"
}

need_instance() {
	need_name "${1:-}"
	[[ -e $instances/$1/slot ]] || die "there is no instance '$1'"
}

need_running() {
	need_instance "${1:-}"
	is_alive "$1" || die "instance '$1' is not running"
}

instance_names() {
	local path
	for path in "$instances"/*/slot; do
		[[ -e $path ]] || continue
		path=${path%/slot}
		echo "${path##*/}"
	done
}

# instance_fact NAME KEY: a word written at creation: slot, release.
instance_fact() {
	local word=
	read -r word < "$instances/$1/$2" || true
	echo "$word"
}

# instance_pid NAME: of its PID 1, as seen here; nothing before it was born.
instance_pid() {
	local pid=
	[[ ! -e $run/$1/pid ]] || read -r pid < "$run/$1/pid"
	echo "$pid"
}

# instance_address NAME HOST: of its /30, 1 is this machine's end, 2 the instance's.
instance_address() {
	echo "10.99.$(instance_fact "$1" slot).$2"
}

instance_files() {
	echo "$instances/$1/root"
}

# The root as its processes see it, mounts included, or just its files when it doesn't run.
instance_root() {
	if is_alive "$1"; then
		echo "/proc/$(instance_pid "$1")/root"
	else
		instance_files "$1"
	fi
}

is_alive() {
	[[ -e $run/$1/alive ]] && ! flock --nonblock "$run/$1/alive" true
}

instance_state() {
	if is_alive "$1"; then
		echo running
	else
		echo stopped
	fi
}

# The lowest number no instance has: third byte of its subnet, name of its outer interface.
free_slot() {
	local slot used
	used=" $(cat "$instances"/*/slot 2> /dev/null | tr '\n' ' ' || true)"
	for ((slot = 0; slot < 250; slot++)); do
		if [[ $used != *" $slot "* ]]; then
			echo "$slot"
			return
		fi
	done
	die "250 instances are there already"
}

take_slot() {
	local directory=$1
	free_slot > "$directory/slot.new"
	mv "$directory/slot.new" "$directory/slot"
}

# instance_create NAME RELEASE VARIANT
instance_create() {
	local name=$1 release=$2 directory=$instances/$1
	mkdir -p "$directory"
	# Under a name of this process until complete: the cp of a killed boot may still be at work.
	cp -a --reflink=auto "$(host_tree "$release" "$3")" "$directory/root.$$"
	mv "$directory/root.$$" "$directory/root"
	echo "$release" > "$directory/release"
	with_lock slots take_slot "$directory"
	"$here/configure" "$directory/root" "$name" "$(instance_address "$name" 2)"
}

# Many systemds share one budget of inotify instances, root's of the whole machine.
raise_inotify_limit() {
	local file=/proc/sys/fs/inotify/max_user_instances
	if (($(< $file) < 8192)); then
		echo 8192 > $file
	fi
}

# connect NAME PID: a veth from this machine to eth0 in the network namespace of PID.
connect() {
	local name=$1 pid=$2 link
	link=sdmetest$(instance_fact "$name" slot)
	# The kernel takes apart the network namespace of a dead predecessor in its own time.
	ip link delete "$link" 2> /dev/null || true
	ip link add "$link" type veth peer name eth0 netns "$pid"
	ip address add "$(instance_address "$name" 1)/30" dev "$link"
	ip link set "$link" up
}

# Starts PID 1 and returns when it runs and its network is there; the boot itself goes on.
launch() {
	local name=$1 state=$run/$1 pid
	rm -rf "$state"
	mkdir -p "$state"
	mkfifo "$state/born" "$state/go"
	# unshare waits for PID 1 and keeps descriptor 9, and with it the lock, until then.
	(
		flock 9
		cd /
		exec setsid unshare --mount --pid --uts --ipc --net --fork --kill-child \
			--propagation private -- \
			"$here/init" enter "$name" "$(instance_files "$name")" "$state" "$cache/images/registry"
	) 9> "$state/alive" < /dev/null > "$state/log" 2>&1 8>&- &
	echo $! > "$state/waiter"
	disown
	read -r -t 10 pid <> "$state/born" || die "instance '$name' was not born: $(< "$state/log")"
	echo "$pid" > "$state/pid"
	connect "$name" "$pid"
	echo go > "$state/go"
}

# PID 1's private socket is the first that answers; from there on systemctl waits by events.
wait_for_boot() {
	local name=$1 state
	local deadline=$((SECONDS + boot_timeout))
	until [[ -S $(instance_root "$name")/run/systemd/private ]]; do
		is_alive "$name" || die "instance '$name' died during its boot: $(< "$run/$name/log")"
		((SECONDS < deadline)) || die "systemd of instance '$name' did not come up"
		sleep 0.01
	done
	state=$(instance_exec "$name" timeout $boot_timeout systemctl is-system-running --wait) || true
	if [[ $state != running ]]; then
		(instance_exec "$name" systemctl list-units --failed --no-legend --plain >&2) || true
		die "instance '$name' is '$state' after its boot"
	fi
}

instance_start() {
	local name=$1
	need_programs ip unshare nsenter flock setsid
	raise_inotify_limit
	launch "$name"
	wait_for_boot "$name"
}

# Does not return: becomes the command, so call it in a subshell.
instance_exec() {
	local name=$1 pid
	local -a environment=(
		HOME=/root USER=root LOGNAME=root SHELL=/bin/bash LANG=C.UTF-8 "TERM=${TERM:-dumb}"
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	)
	shift
	pid=$(instance_pid "$name")
	# The command belongs into a control group of the instance, as a login there would. It enters
	# by itself (0 is the writer): nsenter, which waits outside of the instance's PID namespace,
	# must not, since systemd there can't read control groups with strangers in them.
	# shellcheck disable=SC2016 # expanded by the inner shell
	exec nsenter --target "$pid" --mount --pid --uts --ipc --net --cgroup -- \
		env -i --chdir=/root "${environment[@]}" sh -c 'echo 0 >&7 && exec "$@" 7>&-' sh "$@" \
		7> "/proc/$pid/root/sys/fs/cgroup/sdme-test-exec/cgroup.procs"
}

# Blocks until PID 1 of NAME is gone: its waiter drops the lock then.
wait_for_death() {
	flock --timeout "$2" "$run/$1/alive" true
}

# Asks for a power-off as a management controller would (SIGRTMIN+4), waits for the end.
instance_shutdown() {
	local name=$1
	kill -s RTMIN+4 "$(instance_pid "$name")"
	if ! wait_for_death "$name" $shutdown_timeout; then
		say "instance '$name' did not shut down within $shutdown_timeout s: killing it"
	fi
	instance_kill "$name"
}

# Also tidies up after an instance that died by itself, or whose boot was interrupted.
instance_kill() {
	local name=$1 pid
	if is_alive "$name"; then
		pid=$(instance_pid "$name")
		# Without PID 1 known, its waiter goes and takes it along.
		kill -s KILL "${pid:-$(< "$run/$name/waiter")}"
		wait_for_death "$name" 10 || die "instance '$name' survives SIGKILL"
	fi
	"$here/reap" "$name"
	rm -rf "${run:?}/$name"
	ip link delete "sdmetest$(instance_fact "$name" slot)" 2> /dev/null || true
}

instance_remove() {
	local name=$1 doomed=$cache/tmp.removed-$1.$$
	remove_stale_temporaries
	[[ -d $instances/$name ]] || return 0
	if [[ -e $instances/$name/slot ]]; then
		instance_kill "$name"
	fi
	# Moved away first: a killed removal, or a writer that is still about, can't harm a successor.
	mv "$instances/$name" "$doomed"
	chattr -R -i "$doomed" 2> /dev/null || true
	rm -rf "$doomed"
}
