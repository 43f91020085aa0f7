#!/bin/sh
{{range .Say.About}}# {{.}}
{{end}}set -eu

project={{q .Dir}}
[ -z "${GPUWIZARD_PROJECT:-}" ] || project=$GPUWIZARD_PROJECT
target={{q .Target}}

say() { printf '%s\n' "$*"; }
die() {
	say "$*" >&2
	exit 1
}

{{template "sums"}}
cd -- "$project"
[ -d {{q .Dataset}}/images ] || die {{q .Say.NoData}}
work=$(mktemp -d "${TMPDIR:-/tmp}/gpuwizard.XXXXXX")
# shellcheck disable=SC2329 # it is called by trap
leave() {
	ssh -S "$work/s" -O exit "$target" 2>/dev/null || :
	rm -rf -- "$work"
}
trap leave EXIT
trap 'exit 130' INT HUP TERM

# 1. {{.Say.LogIn}}
say {{q .Say.LogIn}}
{{if .HostKey -}}
ssh-keyscan{{if .Login.Port}} -p {{.Login.Port}}{{end}} {{q .Login.Host}} 2>/dev/null | while IFS= read -r line; do
	if printf '%s\n' "$line" | ssh-keygen -lf - 2>/dev/null | grep -qF -- {{q .HostKey}}; then
		printf '%s\n' "$line"
	fi
done >"$work/known_hosts"
[ -s "$work/known_hosts" ] || die {{q .Say.OtherKey}}
set -- -o UserKnownHostsFile="$work/known_hosts" -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes "$@"
{{end -}}
ssh -M -S "$work/s" -f -N{{range .Options}} {{q .}}{{end}} "$@" "$target" || die {{q .Say.NoLogin}}
there() { ssh -S "$work/s"{{range .Options}} {{q .}}{{end}} "$target" "$@"; }

# 2. {{.Say.Gather}}
say {{q .Say.Gather}}
code=$work/code
{{if .Code.Zip -}}
unzip -q -- {{q .Code.Zip}} -d "$work/from"
{{else if .Code.Git -}}
git clone -q --depth 1{{if .Tag}} --branch {{q .Tag}}{{end}} -- {{q .Repository}} "$work/from"
{{else -}}
mkdir "$work/from"
cp -R -- {{q .Code.Folder}}/. "$work/from"
{{end -}}
for dir in "$work/from" "$work/from"/*; do
	[ -d "$code" ] || [ ! -f "$dir/train.py" ] || mv -- "$dir" "$code"
done
[ -d "$code" ] || die {{q .Say.NoCode}}
rm -rf -- "$code/runs" "$code/wandb"
find "$code" \( -name .git -o -name .github -o -name .idea -o -name .vscode -o -name __pycache__ -o -name .ipynb_checkpoints \
	-o -name .DS_Store -o -name '*.pyc' -o -name '*.pt' \) -prune -exec rm -rf -- {} +
{{if not .ModelHere -}}
yaml=
for name in{{range .Models}} {{q .}}{{end}}; do
	[ -n "$yaml" ] || [ ! -f "$code/$name" ] || yaml=$code/$name
done
[ -n "$yaml" ] || die {{q .Say.NoModel}}
sed 's/^\(nc:[[:space:]]*\)[0-9][0-9]*/\1{{.Classes}}/' "$yaml" >"$work/yaml"
cp -- "$work/yaml" "$yaml"
{{end -}}
cp -R -- {{q .Changes}}/. "$code"
{{if .Weights -}}
cp -- {{q .Weights}} "$code"/{{q .WeightsName}}
{{end}}
# 3. {{.Say.Send}}
# send NAME FOLDER PART...: what is missing there, or differs
send() {
	name=$1 from=$2
	shift 2
	sums "$from" "$@" >"$work/$name.here"
	held "$name" "$@"
	if [ -s "$work/missing" ]; then
		say {{q .Say.Send}} "$name: $(wc -l <"$work/missing")"
		# shellcheck disable=SC1003,SC2016 # the shell there reads the words
		COPYFILE_DISABLE=1 tar -cf - -C "$from" "$@" | there {{q .Receive}} "$name"
		held "$name" "$@"
		[ ! -s "$work/missing" ] || die {{q .Say.NotSent}} "$(head -n 3 "$work/missing")"
	fi
}
# held NAME PART...: keeps what is not there as it is here
held() {
	there sh -s -- "$@" >"$work/there" <<'END'
{{template "sums"}}
{{.Place}}
at=$folder/$1
shift
if [ -d "$at" ]; then sums "$at" "$@"; fi
END
	LC_ALL=C comm -23 "$work/$1.here" "$work/there" >"$work/missing"
}
send dataset {{q .Dataset}} images labels
send code "$code" .

# 4. {{.Say.Train}}
say {{q .Say.Train}}
job=$({
	cat -- "$work/dataset.here" "$work/code.here"
	say {{q .Words}}
} | digest | cut -c 1-12)
there sh -s -- "$job" <<'END' || die {{q .Say.Failed}}
set -eu
{{.Place}}
dir=$folder/script/$1
mkdir -p "$dir"
cd "$folder/code"
if [ -f "$dir/exit" ] && [ "$(cat "$dir/exit")" != 0 ]; then rm -f "$dir/exit" "$dir/pid"; fi
if [ ! -f "$dir/exit" ] && ! { [ -f "$dir/pid" ] && kill -0 "$(cat "$dir/pid")" 2>/dev/null; }; then
	python=
	for each in{{range .Pythons}} {{q .}}{{end}}; do
		[ -n "$python" ] || ! "$each" -c 'import torch' >/dev/null 2>&1 || python=$each
	done
	if [ -z "$python" ]; then
		printf '%s\n' {{q .Say.NoTorch}}
		exit 1
	fi
	if [ -f requirements.txt ]; then
		# The image's torch was built for its GPU and is not to be replaced.
		sed '/^[[:space:]]*torch/d' requirements.txt >"$dir/requirements.txt"
		"$python" -m pip install -q -r "$dir/requirements.txt"
	fi
	export WANDB_MODE=disabled
	: >"$dir/log"
	# shellcheck disable=SC2016 # the inner shell expands it
	nohup sh -c 'dir=$1; shift; "$@" >"$dir/log" 2>&1; echo $? >"$dir/exit.new"; mv "$dir/exit.new" "$dir/exit"' sh "$dir" \
		"$python" {{.Words}} --project "$folder/runs" --name "script-$1" >/dev/null 2>&1 </dev/null &
	echo $! >"$dir/pid"
fi
shown=0
while :; do
	ended=
	if [ -f "$dir/exit" ] || ! kill -0 "$(cat "$dir/pid")" 2>/dev/null; then ended=yes; fi
	tail -c "+$((shown + 1))" "$dir/log" >"$dir/more"
	cat "$dir/more"
	shown=$((shown + $(wc -c <"$dir/more")))
	[ -z "$ended" ] || break
	sleep 1
done
[ -f "$dir/exit" ] && exit "$(cat "$dir/exit")"
exit 1
END

# 5. {{.Say.Fetch}}
say {{q .Say.Fetch}}
# fetch FROM TO: a file of the run, as it is there
fetch() {
	there sh -s -- "$job" "$1" >"$2.part" <<'END'
{{.Place}}
cat -- "$folder/runs/script-$1/$2"
END
	want=$(
		there sh -s -- "$job" "$1" <<'END'
{{template "digest"}}
{{.Place}}
digest <"$folder/runs/script-$1/$2"
END
	)
	if [ -z "$want" ] || [ "$(digest <"$2.part")" != "$want" ]; then die {{q .Say.NotFetched}}; fi
}
mkdir -p {{q .ResultDir}}
model={{q .ResultStem}}
fetch weights/best.pt "$model"
n=1 as=$model
while [ -e "$as.pt" ] && ! cmp -s "$model.part" "$as.pt"; do
	n=$((n + 1)) as=$model-$n
done
mv -- "$model.part" "$as.pt"
fetch results.csv "$as-results.csv"
mv -- "$as-results.csv.part" "$as-results.csv"
say {{q .Say.Done}} "$project/$as.pt"
say {{q .Say.StillOn}}
