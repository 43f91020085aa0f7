#!/bin/sh
# Says what this machine is and has: one fact a line, a key, "=" and a value.
# $1 is a Python program that tells about the Python that runs it; the other
# arguments are folders that may be disks.
# Needs nothing but a POSIX shell; what is missing is left out.
LC_ALL=C
export LC_ALL
probe=$1
shift

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

# The clock first: it is compared with the moment at which this line arrives.
say clock "$(date +%s)"
say uname "$(uname -sm 2>/dev/null)"
say hostname "$(hostname 2>/dev/null || uname -n 2>/dev/null)"
say user "$(id -un 2>/dev/null)"
say home "$HOME"
say practice "$GPUWIZARD_PRACTICE"

# One start of the machine differs from the next in the boot and in when its
# first process began: a container restarts without its host.
first_line boot /proc/sys/kernel/random/boot_id
first_line first-process /proc/1/stat
first_line uptime /proc/uptime
say ticks "$(getconf CLK_TCK 2>/dev/null)"

# limits FOLDER: what a control group allows, of both versions.
limits() {
	first_line cgroup2-cpu "/sys/fs/cgroup$1/cpu.max"
	first_line cgroup2-memory "/sys/fs/cgroup$1/memory.max"
	first_line cgroup1-quota "/sys/fs/cgroup/cpu$1/cpu.cfs_quota_us"
	first_line cgroup1-period "/sys/fs/cgroup/cpu$1/cpu.cfs_period_us"
	first_line cgroup1-memory "/sys/fs/cgroup/memory$1/memory.limit_in_bytes"
}

# The limits of a container, which are those of its group and of all above it;
# then what the host has.
limits ""
if [ -r /proc/self/cgroup ]; then
	while IFS= read -r line; do
		group=${line#*:*:}
		while [ -n "${group#/}" ]; do
			limits "$group"
			group=${group%/*}
		done
	done </proc/self/cgroup
fi
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

say shm-kib "$(df -Pk /dev/shm 2>/dev/null | tail -n 1)"

first_line driver /sys/module/nvidia/version
nvidia_smi=
for program in nvidia-smi /usr/bin/nvidia-smi /usr/local/nvidia/bin/nvidia-smi /usr/lib/wsl/lib/nvidia-smi; do
	if have "$program"; then
		nvidia_smi=$program
		break
	fi
done
if [ -n "$nvidia_smi" ]; then
	limited 20 "$nvidia_smi" --query-gpu=name,memory.total,driver_version \
		--format=csv,noheader,nounits 2>/dev/null </dev/null |
		while IFS= read -r line; do
			say gpu "$line"
		done
fi

# tell_variables reads lines of NAME=VALUE and passes on what a platform says of
# the instance, and nothing else: there are secrets among them.
tell_variables() {
	while IFS= read -r line; do
		case $line in
		AutoDLRegion=* | AutoDLContainerUUID=* | RUNPOD_POD_ID=* | RUNPOD_DC_ID=* | \
			CONTAINER_ID=* | VAST_CONTAINERLABEL=*)
			say variable "$line"
			;;
		esac
	done
}

# A login shell knows more: conda's PATH, the platform's variables. Those of
# the first process count where no shell knows them.
first_path=
if [ -r /proc/1/environ ]; then
	{ tr '\000' '\n' </proc/1/environ; } 2>/dev/null | tell_variables
	first_path=$({ tr '\000' '\n' </proc/1/environ; } 2>/dev/null | sed -n 's/^PATH=//p' 2>/dev/null | head -n 1)
fi
login_python=
answers=$(env)
if [ -n "$SHELL" ] && have "$SHELL"; then
	case $SHELL in
	*csh)
		# With a command it would be no login shell.
		answers=$(printf 'which python3\nwhich python\nenv\n' | limited 10 "$SHELL" -l 2>/dev/null)
		;;
	*)
		answers=$(limited 10 "$SHELL" -lc 'command -v python3; command -v python; env' 2>/dev/null </dev/null)
		;;
	esac
	while IFS= read -r line; do
		case $line in
		/*/python | /*/python3) login_python=$line ;;
		esac
	done <<X
$answers
X
fi
tell_variables <<X
$answers
X

seen=:
pythons=0
tell_python() {
	found=$(command -v "$1" 2>/dev/null) || return 0
	case $seen in
	*":$found:"*) return 0 ;;
	esac
	[ "$pythons" -lt 12 ] || return 0
	pythons=$((pythons + 1))
	seen=$seen$found:
	say python "$found"
	limited 60 "$found" -c "$probe" 2>/dev/null </dev/null
}
for python in /root/miniconda3/bin/python "$HOME/miniconda3/bin/python" "$login_python" \
	"$HOME/anaconda3/bin/python" /opt/conda/bin/python /opt/miniconda3/bin/python \
	/environment/miniconda3/bin/python /venv/main/bin/python /opt/venv/bin/python \
	"$(PATH=$first_path command -v python3)" python3 python \
	/usr/local/bin/python3 /usr/bin/python3 \
	/root/miniconda3/envs/*/bin/python "$HOME"/miniconda3/envs/*/bin/python \
	"$HOME"/anaconda3/envs/*/bin/python /opt/conda/envs/*/bin/python \
	/opt/*/.venv/bin/python "$HOME"/.venv/bin/python "$HOME"/venv/bin/python \
	/workspace/.venv/bin/python /workspace/venv/bin/python; do
	[ -z "$python" ] || tell_python "$python"
done

for folder in "$HOME" "$@"; do
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
