#!/bin/sh
# Installs Shims from this folder:  sh install.sh [--prefix /usr/local] [--destdir DIR];  and takes it away again:  sh install.sh --uninstall, with the same words.
# Nothing is compiled, started or enabled.
set -eu
prefix=/usr/local destdir='' uninstall=''

wrong() {
    echo "install.sh: $1" >&2
    echo "usage: install.sh [--prefix DIR] [--destdir DIR] [--uninstall]" >&2
    exit 64
}

while [ $# -gt 0 ]; do
    case $1 in
        --prefix=* | --destdir=*) word=$1; shift; set -- "${word%%=*}" "${word#*=}" "$@" ;;
        --prefix) [ $# -ge 2 ] || wrong '--prefix needs a folder'; prefix=$2; shift 2 ;;
        --destdir) [ $# -ge 2 ] || wrong '--destdir needs a folder'; destdir=$2; shift 2 ;;
        --uninstall) uninstall=yes; shift ;;
        --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;;
        *) wrong "$1 is not an option" ;;
    esac
done
# A prefix is written into files, so it has to be a plain absolute path.
case $prefix in
    /*[!A-Za-z0-9/._+-]* | [!/]* | '') wrong "--prefix $prefix: write an absolute path of letters, digits and / . _ + -" ;;
esac
prefix=${prefix%/}
case $destdir in '' | /*) ;; *) destdir=$PWD/$destdir ;; esac
root=$destdir$prefix
list=share/doc/shims/installed-files
umask 022

if [ -n "$uninstall" ]; then
    [ -f "$root/$list" ] || { echo "install.sh: there is no $root/$list: nothing was installed there" >&2; exit 1; }
    while IFS= read -r file; do rm -f "$root/$file"; done <"$root/$list"
    # The folders of Shims alone; all others are the system's.
    for folder in share/shims share/doc/shims; do
        [ ! -d "$root/$folder" ] || find "$root/$folder" -depth -type d -exec rmdir {} \; 2>/dev/null || : # one that holds a file of yours stays
    done
    exit 0
fi

cd "$(dirname "$0")"
[ -x libexec/scgi-run ] || { echo "install.sh: libexec/scgi-run is not beside this file: unpack the whole archive" >&2; exit 1; }
find bin libexec share ! -type d ! -path "$list" | LC_ALL=C sort >"${TMPDIR:-/tmp}/shims-files.$$"
trap 'rm -f "${TMPDIR:-/tmp}/shims-files.$$"' EXIT
trap 'exit 1' HUP INT TERM
while IFS= read -r file; do
    to=$root/$file
    mkdir -p "${to%/*}"
    # Beside the old one, and then in its place: a program that runs keeps the file that it was started from.
    case $file in
        bin/* | share/*completion*/* | share/fish/*)
            if [ -L "$file" ]; then
                ln -s "$(readlink "$file")" "$to.new"
                mv -f "$to.new" "$to"
                continue
            fi
            cp "$file" "$to.new" ;;
        # For other systems, where the programs are below /usr/local.
        *.freebsd.conf | */launchd/* | *.nupkg) cp "$file" "$to.new" ;;
        share/man/* | share/shims/* | libexec/wsgi-run) sed -e "s|/usr/local/libexec|$prefix/libexec|g" -e "s|/usr/local/share/shims|$prefix/share/shims|g" "$file" >"$to.new" ;;
        *) cp "$file" "$to.new" ;;
    esac
    if [ -x "$file" ]; then chmod 755 "$to.new"; else chmod 644 "$to.new"; fi
    mv -f "$to.new" "$to"
done <"${TMPDIR:-/tmp}/shims-files.$$"
{ cat "${TMPDIR:-/tmp}/shims-files.$$"; echo "$list"; } >"$root/$list"
