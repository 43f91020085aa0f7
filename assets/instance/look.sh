#!/bin/sh
# Says what this machine is and has: one fact a line, a key, "=" and a value.
# $1 is a Python program that tells about the Python that runs it.
# Needs nothing but a POSIX shell; what is missing is left out.
LC_ALL=C
export LC_ALL
probe=$1

say() {
	printf '%s=%s\n' "$1" "$2"
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# limited SECONDS COMMAND...: with a time limit where the machine has a command
# for that (an old BusyBox knows another syntax: then without).
if have timeout && timeout 1 uname >/dev/null 2>&1; then
	limited() {
		timeout "$@"
	}
else
	limited() {
		shift
		"$@"
	}
fi

# first_line KEY FILE
first_line() {
	if [ -r "$2" ]; then
		line=
		IFS= read -r line <"$2" || :
		say "$1" "$line"
	fi
}

say uname "$(uname -sm 2>/dev/null)"
say hostname "$(hostname 2>/dev/null || uname -n 2>/dev/null)"
say user "$(id -un 2>/dev/null)"
say home "$HOME"
say clock "$(date +%s)"
say practice "$GPUWIZARD_PRACTICE"

# The limits of a container, then what the host has.
first_line cgroup2-cpu /sys/fs/cgroup/cpu.max
first_line cgroup2-memory /sys/fs/cgroup/memory.max
first_line cgroup1-quota /sys/fs/cgroup/cpu/cpu.cfs_quota_us
first_line cgroup1-period /sys/fs/cgroup/cpu/cpu.cfs_period_us
first_line cgroup1-memory /sys/fs/cgroup/memory/memory.limit_in_bytes
say nproc "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null)"
if [ -r /proc/meminfo ]; then
	while IFS= read -r line; do
		case $line in
		MemTotal:*)
			say meminfo "$line"
			break
			;;
		esac
	done </proc/meminfo
fi

if have nvidia-smi; then
	limited 20 nvidia-smi --query-gpu=name,memory.total,driver_version \
		--format=csv,noheader,nounits 2>/dev/null </dev/null |
		while IFS= read -r line; do
			say gpu "$line"
		done
fi

# A login shell knows more: conda's PATH, the platform's variables.
login_python=
if [ -n "$SHELL" ] && have "$SHELL"; then
	# The words are for the login shell, which expands them itself.
	# shellcheck disable=SC2016
	case $SHELL in
	*csh)
		answers=$(limited 10 "$SHELL" -c 'which python' 2>/dev/null </dev/null)
		;;
	*)
		answers=$(limited 10 "$SHELL" -lc \
			'command -v python; echo "AutoDLRegion=$AutoDLRegion"' 2>/dev/null </dev/null)
		;;
	esac
	while IFS= read -r line; do
		case $line in
		/*) login_python=$line ;;
		AutoDLRegion=*) say region "${line#*=}" ;;
		esac
	done <<X
$answers
X
elif [ -n "$AutoDLRegion" ]; then
	say region "$AutoDLRegion"
fi

seen=:
tell_python() {
	found=$(command -v "$1" 2>/dev/null) || return 0
	case $seen in
	*":$found:"*) return 0 ;;
	esac
	seen=$seen$found:
	say python "$found"
	limited 60 "$found" -c "$probe" 2>/dev/null </dev/null || :
}
for python in /root/miniconda3/bin/python "$HOME/miniconda3/bin/python" \
	"$login_python" python3 python; do
	[ -z "$python" ] || tell_python "$python"
done

for folder in "$HOME" /root/autodl-tmp /root/autodl-fs /hy-tmp /workspace /mnt /home/featurize/work; do
	[ -d "$folder" ] || continue
	say disk "$folder"
	say disk-kib "$(df -Pk "$folder" 2>/dev/null | tail -n 1)"
	say disk-inodes "$(df -Pi "$folder" 2>/dev/null | tail -n 1)"
	trial=$folder/.gpuwizard.$$
	if touch "$trial" 2>/dev/null; then
		rm -f "$trial"
		say disk-writable yes
	fi
done

for tool in tar sha256sum shasum openssl unzip git curl wget setsid nohup flock tmux nvidia-smi shutdown; do
	if have "$tool"; then
		say tool "$tool"
	fi
done
say end look
