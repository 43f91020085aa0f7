# What a folder was when it was last published, and whether it still is that.
# Comes before upload.sh, or stands alone in a command line.
#
# In .NAME.sums beside the folder NAME: "list", its digests as they were read
# there; "digest", the receipt's over them all; and "stat", a digest of what the
# file system says of the files.

# fingerprint FOLDER: a digest of inodes, sizes, times and names. It fails where
# stat is missing or another one.
fingerprint() {
	stat -c %s . >/dev/null 2>&1 || return 1
	(cd "$1" && find . -type f -exec stat -c '%i %s %y %z %n' {} +) 2>/dev/null | sort |
		{ sha256sum || shasum -a 256 || openssl dgst -sha256 -r; } 2>/dev/null
}

# known: whether $target is what $sums says.
known() {
	# shellcheck disable=SC2154 # set by what comes next
	[ -s "$sums/stat" ] && [ -d "$target" ] && [ "$(fingerprint "$target")" = "$(cat "$sums/stat")" ]
}
