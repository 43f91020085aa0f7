#!/bin/sh
# A guard: it ends a training and stops the instance when nobody is there to do
# it. The functions of process.sh stand before this text.
#
#   guard.sh arm FOLDER MARK ID ORDERS JOBSCRIPT   this text on stdin
#   guard.sh read FOLDER MARK                      what the guard says of itself
#   guard.sh tell FOLDER MARK looking|settled|off
#   guard.sh tell FOLDER MARK extend TENTHS
#   guard.sh off FOLDER MARK COMMAND               stops the instance now
#   guard.sh watch FOLDER ID                       (by arm) the watcher
#
# All times are tenths of a second, and all moments are the machine's uptime:
# nothing here depends on the clock. In the folder:
#   orders          NAME=VALUE lines; whoever's id they hold is the watcher
#   watcher         the watcher: pid, start time, boot
#   beat            what the watcher says of its rules, at every tick
#   looked          when a wizard last gave a sign of life
#   word            there is something new to be read; heard while it is
#   settled         the model was fetched and a person has decided
#   acted, out      what it did, and what the command to stop said
verb=$1
dir=$2
shift 2

# read_orders sets what was ordered; it is false where nothing was.
read_orders() {
	order_id=
	order_boot=
	job=
	budget=0
	end=0
	idle=0
	after=0
	grace=0
	hold=0
	tick=50
	again=600
	command=
	[ -e "$dir/orders" ] || return 1
	while IFS= read -r line; do
		value=${line#*=}
		case $line in
		id=*) order_id=$value ;;
		boot=*) order_boot=$value ;;
		job=*) job=$value ;;
		budget=*) budget=$value ;;
		end=*) end=$value ;;
		idle=*) idle=$value ;;
		after=*) after=$value ;;
		grace=*) grace=$value ;;
		hold=*) hold=$value ;;
		tick=*) tick=$value ;;
		again=*) again=$value ;;
		command=*) command=$value ;;
		end) break ;;
		esac
	done <"$dir/orders"
	[ -n "$order_id" ]
}

write_orders() {
	save "$dir/orders" "id=$order_id
boot=$order_boot
job=$job
budget=$budget
end=$end
idle=$idle
after=$after
grace=$grace
hold=$hold
tick=$tick
again=$again
command=$command"
}

# count sets up to the machine's uptime or, where it has none, to what the
# watcher itself counted: the last that it said, for everybody else.
count() {
	read_uptime && return
	up=${counted:-}
	if [ -z "$up" ] && [ -e "$dir/beat" ]; then
		IFS=' ' read -r _ up _ <"$dir/beat" || :
	fi
	up=${up:-0}
}

arm() {
	id=$1
	make_folder
	cat >"$dir/guard.$id" || fail write "$dir"
	printf '%s\n' "$3" >"$dir/job.$id" || fail write "$dir"
	# They are there before they are needed: a full disk has no room for new ones.
	for file in acted looked beat out; do
		[ -e "$dir/$file" ] || printf '\n' >"$dir/$file" || fail write "$dir"
	done
	rm -f "$dir/settled"
	save "$dir/acted" none || fail write "$dir"
	counted=0
	count
	save "$dir/looked" "$up" || fail write "$dir"
	# The orders come as they are to be read, with spans for moments.
	save "$dir/orders" "$2" || fail write "$dir"
	read_orders || fail orders
	order_id=$id
	order_boot=$(boot)
	[ "$budget" -eq 0 ] || budget=$((up + budget))
	[ "$end" -eq 0 ] || end=$((up + end))
	write_orders || fail write "$dir"
	(apart sh "$dir/guard.$id" watch "$dir" "$id") </dev/null >/dev/null 2>&1 &
	napped=0
	while :; do
		says_beat=
		read_beat
		[ "$says_beat" != "$id" ] || break
		[ "$napped" -lt 100 ] || break
		nap
	done
	say
	# What earlier guards ran is of no use to anybody.
	for file in "$dir"/guard.* "$dir"/job.*; do
		case $file in
		*".$id") ;;
		*) rm -f "$file" ;;
		esac
	done
}

# read_beat sets whose last beat it is, and when it was.
read_beat() {
	says_beat=
	beat_up=0
	if [ -e "$dir/beat" ]; then
		IFS=' ' read -r says_beat beat_up <"$dir/beat" || :
	fi
}

# answers is whether the watcher of these orders lives and says so.
answers() {
	[ "$order_boot" = "$(boot)" ] || return 1
	watcher=
	watcher_begun=
	watcher_id=
	if [ -e "$dir/watcher" ]; then
		{
			IFS= read -r watcher
			IFS= read -r watcher_begun
			IFS= read -r watcher_id
		} <"$dir/watcher" || :
	fi
	[ "$watcher_id" = "$order_id" ] && alive "$watcher" "$watcher_begun" || return 1
	read_beat
	[ "$says_beat" = "$order_id" ] || return 1
	count
	# Looking at the GPU and at the job takes a while on a busy machine.
	[ $((up - beat_up)) -lt $((tick * 3 + 300)) ]
}

# say tells what there is to be told, and nothing that was not seen.
say() {
	if ! read_orders; then
		printf '%s guard phase=absent\n' "$mark"
		return
	fi
	phase=silent
	if answers; then
		phase=armed
	fi
	acts=
	if [ -e "$dir/acted" ]; then
		IFS= read -r acts <"$dir/acted" || :
	fi
	case $acts in
	*"id=$order_id "*)
		case $acts in
		*"act=guard-stop "*) phase=acting ;;
		esac
		;;
	*) acts= ;;
	esac
	count
	held=$((hold - up))
	[ "$held" -gt 0 ] || held=0
	printf '%s guard phase=%s held=%s\n' "$mark" "$phase" "$held"
	if [ "$phase" != silent ]; then
		while IFS= read -r line; do
			case $line in
			end) break ;;
			rule=*) printf '%s %s\n' "$mark" "$line" ;;
			esac
		done <"$dir/beat"
	fi
	if [ -n "$acts" ]; then
		printf '%s acted %s\n' "$mark" "$acts"
		printf '%s out\n' "$mark"
		head -c 2000 "$dir/out" 2>/dev/null
	fi
}

tell() {
	read_orders || {
		say
		return
	}
	count
	case $1 in
	looking) save "$dir/looked" "$up" || fail write "$dir" ;;
	settled)
		: >"$dir/settled" || fail write "$dir"
		hear
		;;
	off) rm -f "$dir/orders" "$dir/acted" || fail write "$dir" ;;
	extend)
		[ "$budget" -eq 0 ] || budget=$((budget + $2))
		[ "$end" -eq 0 ] || end=$((end + $2))
		[ "$hold" -gt "$up" ] || hold=$up
		hold=$((hold + $2))
		write_orders || fail write "$dir"
		hear
		;;
	esac
	say
}

# hear lets the watcher read what is new: the answer is its own.
hear() {
	: 2>/dev/null >"$dir/word"
	napped=0
	while { [ -e "$dir/word" ] || [ -e "$dir/heard" ]; } && [ "$napped" -lt 100 ]; do
		nap
	done
}

# look_at_job sets working: whether the job runs, or is about to.
look_at_job() {
	working=no
	answer=$(sh "$dir/job.$id" state "$job" guard 2>/dev/null)
	case $answer in
	*' phase=running '* | *' phase=starting '*) working=yes ;;
	*' phase='*) ;;
	*) working=unknown ;;
	esac
}

find_smi() {
	smi=
	for program in nvidia-smi /usr/bin/nvidia-smi /usr/local/nvidia/bin/nvidia-smi /usr/lib/wsl/lib/nvidia-smi; do
		if command -v "$program" >/dev/null 2>&1; then
			smi=$program
			return
		fi
	done
}

# look_at_gpu asks for the use of the GPUs and takes the last answer. It does
# not wait: a broken driver never answers.
look_at_gpu() {
	if [ -n "$asked" ] && [ $((up - asked)) -lt "$sample" ]; then
		return
	fi
	if ! alive "$probe" ""; then
		use=unknown
		if [ -n "$probe" ] && [ -e "$dir/gpu.$id" ]; then
			while IFS= read -r line; do
				# Per cent of the last moment, of each GPU.
				case ${line%%[!0-9]*} in
				'') ;;
				0) [ "$use" = yes ] || use=no ;;
				*) use=yes ;;
				esac
			done <"$dir/gpu.$id"
		fi
		find_smi
		probe=
		if [ -n "$smi" ]; then
			("$smi" --query-gpu=utilization.gpu --format=csv,noheader,nounits </dev/null >"$dir/gpu.$id" 2>/dev/null) &
			probe=$!
		fi
		asked=$up
	elif [ $((up - asked)) -gt $((sample * 3)) ]; then
		use=unknown
	fi
}

# left SPAN SINCE: what is left of a span that began at a moment, or all of it
# while it has not begun; never below 0.
left() {
	rest=$1
	if [ -n "$2" ]; then
		rest=$(($1 - (up - $2)))
		[ "$rest" -ge 0 ] || rest=0
	fi
}

# rule NAME LEFT COUNTING BLIND: adds to what the watcher says, and sets due to
# the first rule whose time has come.
rule() {
	act=guard-tell
	if [ -n "$command" ]; then
		act=guard-stop
	elif [ "$1" = until ] || [ "$1" = idle ]; then
		act=guard-end
	fi
	rest=$2
	if [ "$3" = 1 ] && [ "$rest" -lt $((hold - up)) ]; then
		rest=$((hold - up))
	fi
	says="$says
rule=$1 act=$act left=$rest counting=$3 blind=$4"
	case $did in
	*" $1 "*) ;;
	*)
		if [ -z "$due" ] && [ "$3" = 1 ] && [ "$rest" -le 0 ]; then
			due=$1
			due_act=$act
		fi
		;;
	esac
}

# judge looks at everything once and says where the rules stand.
judge() {
	says=
	due=
	look_at_job
	look_at_gpu
	looked=0
	if [ -e "$dir/looked" ]; then
		IFS= read -r looked <"$dir/looked" || :
	fi
	if [ "$working" = yes ]; then
		over=
	elif [ "$working" = no ] && [ -z "$over" ]; then
		over=$up
	fi
	if [ "$working" != yes ] || [ "$use" = yes ]; then
		unused=
	elif [ "$use" = no ]; then
		unused=${unused:-$up}
	elif [ -n "$unused" ]; then
		# What was not seen neither counts nor begins anew.
		unused=$((unused + up - last))
	fi
	last=$up
	if [ "$budget" -gt 0 ]; then
		rule budget $((budget > up ? budget - up : 0)) 1 0
	fi
	if [ "$end" -gt 0 ]; then
		rule until $((end > up ? end - up : 0)) 1 0
	fi
	if [ "$idle" -gt 0 ]; then
		left "$idle" "$unused"
		blind=0
		[ "$use" != unknown ] || blind=1
		counting=0
		[ -z "$unused" ] || [ "$blind" = 1 ] || counting=1
		rule idle "$rest" "$counting" "$blind"
	fi
	if [ "$after" = 1 ] && [ ! -e "$dir/settled" ]; then
		since=$over
		if [ -n "$since" ]; then
			[ "$looked" -le "$since" ] || since=$looked
			if [ "$use" = yes ]; then
				over=$up
				since=$up
			fi
		fi
		left "$grace" "$since"
		counting=0
		[ -z "$since" ] || counting=1
		rule after "$rest" "$counting" 0
	fi
	save "$dir/beat" "$id $up$says" || :
}

# note writes down what is done about the rule that is due.
note() {
	save "$dir/acted" "id=$id rule=$due act=$due_act at=$at tries=$tries ended=$ended exit=$code " || :
}

# same is whether these are still the orders; a word may have come meanwhile.
same() { read_orders && [ "$order_id" = "$id" ]; }

act() {
	at=$(date +%s 2>/dev/null) || at=0
	tries=0
	ended=0
	code=0
	note
	if [ "$due_act" != guard-tell ] && [ "$due" != after ]; then
		sh "$dir/job.$id" stop "$job" guard 20 >/dev/null 2>&1
	fi
	did="$did $due "
	[ "$due_act" = guard-stop ] || return 0
	# An instance that was told to stop and is still there was not stopped.
	pause=$again
	while same; do
		tries=$((tries + 1))
		ended=0
		note
		switch_off
		note
		napped=0
		while [ "$napped" -lt "$pause" ]; do
			nap
			same || return 0
			count
			if [ "$hold" -gt "$up" ]; then
				# Somebody asked for more time: that counts.
				did=' '
				save "$dir/acted" none || :
				return 0
			fi
			save "$dir/beat" "$id $up$says" || :
		done
		pause=$((pause * 2))
		[ "$pause" -lt 6000 ] || pause=6000
	done
}

# switch_off runs the platform's command, sets code and ended, and leaves what
# it said in out. It waits a minute for its end, no longer.
switch_off() {
	code=0
	ended=0
	out=$dir/out
	printf '\n' 2>/dev/null >"$out" || out=/dev/null
	{ { tr '\000' '\n' </proc/1/environ; } 2>/dev/null | become_switch; } >"$out" 2>&1 &
	switch=$!
	napped=0
	while alive "$switch" "" && [ "$napped" -lt 600 ]; do
		nap
	done
	if ! alive "$switch" ""; then
		wait "$switch"
		code=$?
		ended=1
	fi
}

# become_switch becomes the command. What a platform says of its instance, its
# name and a key to the platform, may be known to the machine's first process
# alone, whose variables come in: what is not set here is taken from there.
become_switch() {
	while IFS= read -r line || [ -n "$line" ]; do
		name=${line%%=*}
		case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
		if eval "[ -z \"\${$name+set}\" ]"; then
			eval "$name=\${line#*=}"
			eval "export $name"
		fi
	done
	PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/root/miniconda3/bin:/opt/conda/bin
	export PATH
	exec sh -c "$command" </dev/null
}

watch() {
	id=$1
	trap '' HUP INT 2>/dev/null || :
	counted=0
	probe=
	asked=
	use=unknown
	unused=
	over=
	did=' '
	save "$dir/watcher" "$$
$(begun "$$")
$id" || exit 1
	# The first thing that it says is to be what it sees.
	count
	last=$up
	sample=0
	look_at_gpu
	napped=0
	while alive "$probe" "" && [ "$napped" -lt 50 ]; do
		nap
	done
	asked=
	while :; do
		# A word that is there before the orders are read is in them; one that
		# comes later waits for the next time.
		[ ! -e "$dir/word" ] || mv -f "$dir/word" "$dir/heard"
		same || break
		count
		sample=$((idle / 4))
		if [ "$sample" -eq 0 ] || [ "$sample" -gt 150 ]; then
			sample=150
		fi
		judge
		rm -f "$dir/heard"
		if [ -n "$due" ]; then
			act
		fi
		pass
	done
}

# pass lets one tick go by, unless somebody has a word to say.
pass() {
	passed=0
	while [ "$passed" -lt "$tick" ] && [ ! -e "$dir/word" ]; do
		napped=0
		if [ $((tick - passed)) -ge 10 ]; then
			sleep 1
			napped=10
		else
			nap
		fi
		passed=$((passed + napped))
	done
	counted=$((counted + passed))
}

# off runs the command now and tells that it began and how it ended. The
# connection may end meanwhile, with the machine or before it.
off() {
	command=$1
	trap '' HUP INT TERM PIPE 2>/dev/null || :
	mkdir -p "$dir" 2>/dev/null || :
	printf '%s off began=1\n' "$mark"
	nap # or the machine may be gone before the line is out
	switch_off
	printf '%s off ended=%s exit=%s\n' "$mark" "$ended" "$code"
	printf '%s out\n' "$mark"
	head -c 2000 "$dir/out" 2>/dev/null
}

if [ "$verb" = watch ]; then
	watch "$@"
	exit
fi

# Messages are read by a program.
LC_ALL=C
export LC_ALL
mark=$1
shift
case $verb in
arm) arm "$@" ;;
read) say ;;
tell) tell "$@" ;;
off) off "$@" ;;
esac
