{{define "digest" -}}
digest() {
	if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}
{{- end}}
{{define "sums" -}}
{{template "digest"}}
# sums FOLDER PART...: digest and path of each file
# shellcheck disable=SC2016 # the inner shell expands it
sums() (
	cd -- "$1"
	shift
	find "$@" -type f -exec sh -c 'if command -v sha256sum >/dev/null 2>&1; then sha256sum "$@"; else shasum -a 256 "$@"; fi' sh {} + | LC_ALL=C sort
)
{{end}}
