# elves LENGTH: tells about some files of the host, by absolute paths: where each leads, through which links and
# directories, and the pieces of an ELF file that say what it needs. Nothing is run, and no loader is asked: it would
# run the auditors of DT_AUDIT. A path with a line break is told as absent, so parts of a reply stand on lines. od
# prints words of 8 or 4 bytes (4 for a 32-bit file), with which a shell can count. A file system may not answer: the
# look has a time limit, and the sender misses a path that no line is about.
elves() {
  read_data "$1" | {
    NONCE=$NONCE timeout 30 xargs -0 -r sh -c '
      set -f
      n="
"
      links=$n places=$n
      say() { printf "%s %s\0" "$NONCE" "$*"; }
      keep() { case $places in *"$n$1$n"*) ;; *) places=$places$1$n ;; esac; }

      # pointed LINK: reads its target into TO. Most files have the same few directories above them.
      pointed() {
        case $links in
          *"${n}from $1$n"*) to=${links#*"${n}from $1$n"}; to=${to%%"$n"*}; to=${to#to } ;;
          *) to=$(readlink "$1"); links="${links}from $1${n}to $to$n"; say "link $1$n$to" ;;
        esac
      }

      # follow PATH: walks name by name, as the kernel does, and ends AT a file.
      follow() {
        at="" rest=${1#/}/ hops=40
        case $1 in *"$n"*) return 1 ;; esac
        while [ -n "$rest" ]; do
          name=${rest%%/*} rest=${rest#*/}
          case $name in
            "" | .) continue ;;
            ..) at=${at%/*}; continue ;;
          esac
          [ -d "$at/" ] || return 1
          keep "${at:-/}"
          if [ ! -L "$at/$name" ]; then at=$at/$name; continue; fi
          pointed "$at/$name"
          hops=$((hops - 1))
          case $hops:$to in 0:* | *: | *"$n"*) return 1 ;; *:/*) at="" ;; esac
          rest=$to/$rest
        done
        [ -e "$at" ]
      }

      # words SIZE AT LENGTH: prints words of the file that is open as 3.
      words() { exec od -An -v -tx"$1" -j "$2" -N "$3" </proc/self/fd/3 2>/dev/null; }

      # piece SIZE AT WORD…: tells these words.
      piece() {
        head="$1 $2"
        shift 2
        IFS=""
        say "piece $head $*"
        IFS=" $n"
      }

      # elf: tells one line of a script, or the pieces of an ELF file, each with the size of its words and its
      # start.
      elf() {
        set -- $(words 8 0 1024)
        case ${1-} in
          *2123) piece 8 0 "$@"; return ;;
          *464c457f) ;;
          7f454c46*) set -- $(words 1 0 64); piece 1 0 "$@"; return ;;
          *) return ;;
        esac
        piece 8 0 "$@"
        [ $# -ge 8 ] || return
        case $1 in
          *0102464c457f) size=8 table=$((0x$5)) one=${7%????????????} count=${8#????????????} each=7 ;;
          *0101464c457f)
            set -- $(words 4 0 1024)
            size=4 table=$((0x$8)) one=${11%????} count=${12#????} each=8
            ;;
          *) return ;;
        esac
        one=$((0x$one)) count=$((0x$count))
        [ "$one" -eq $((each * size)) ] && [ "$count" -le 64 ] && [ "$table" -ge 0 ] || return
        if [ $((table % size)) -eq 0 ] && [ $((table + count * one)) -le 1024 ]; then
          [ $((table / size + count * each)) -le $# ] || return
          shift $((table / size))
        else
          set -- $(words "$size" "$table" $((count * one)))
          piece "$size" "$table" "$@"
          [ $# -ge $((count * each)) ] || return
        fi
        loads="" dynamic=""
        while [ "$count" -gt 0 ]; do
          # The type is the lower half of a word of 8 bytes, and flags are the upper half.
          case $1 in
            *00000001) loads="$loads $((0x$3)) $((0x$2)) $((0x$5))" ;;
            *00000002) dynamic="$((0x$2)) $((0x$5))" ;;
            *00000003) interpreter $((0x$2)) $((0x$5)) ;;
          esac
          count=$((count - 1))
          shift "$each"
        done
        [ -z "$dynamic" ] || needs $dynamic
      }

      # interpreter AT LENGTH: tells the name of the interpreter, unless the first read has told it, as for most
      # files.
      interpreter() {
        [ "$1" -ge 0 ] && [ "$2" -ge 0 ] && [ "$2" -le 4096 ] || return 0
        [ $(($1 + $2)) -gt 1024 ] || return 0
        piece 1 "$1" $(words 1 "$1" "$2")
      }

      # needs AT LENGTH: tells the dynamic section, and the strings that it names: the table of a large library has
      # megabytes.
      needs() {
        [ "$1" -ge 0 ] && [ "$2" -ge 0 ] && [ "$2" -le 16384 ] || return
        from=$1
        set -- $(words "$size" "$1" $(($2 - $2 % (2 * size))))
        piece "$size" "$from" "$@"
        strings="" table="" low="" high=0
        while [ $# -ge 2 ] && [ $((0x$1)) -ne 0 ]; do
          value=$((0x$2))
          case $((0x$1)) in
            5) table=$value ;;
            1 | 14 | 15 | 29)
              strings="$strings $value"
              [ -n "$low" ] && [ "$low" -le "$value" ] || low=$value
              [ "$high" -ge "$value" ] || high=$value
              ;;
          esac
          shift 2
        done
        [ -n "$table" ] && [ -n "$low" ] || return
        set -- $loads
        while [ $# -ge 3 ]; do
          if [ "$table" -ge "$1" ] && [ $((table - $1)) -lt "$3" ]; then break; fi
          shift 3
        done
        [ $# -ge 3 ] || return
        table=$((table - $1 + $2))
        if [ $((high - low)) -le 16384 ]; then strings=$low length=$((high - low + 1024)); else length=1024; fi
        set -- $strings
        [ $# -le 256 ] || return
        for value; do
          piece 1 $((table + value)) $(words 1 $((table + value)) "$length")
        done
      }

      for path; do
        if follow "$path"; then
          say "file $path$n$at"
          keep "$at"
          [ ! -f "$at" ] || elf 3<"$at"
        else
          say "absent $path"
        fi
      done
      IFS=$n
      set -- $places
      say "places $(stat -c "%f %u %s %n" -- "$@" 2>/dev/null)"' sh
    cat >/dev/null
  }
}

# loaders: tells how this host finds libraries. Without a cache ldconfig is not asked: beside musl it is a mere
# script.
loaders() {
  say "machine $(uname -m)"
  if [ -f /etc/ld.so.cache ] && command -v ldconfig >/dev/null; then send_lines cache ldconfig -p; fi
  [ ! -f /etc/nsswitch.conf ] || send_lines services cat /etc/nsswitch.conf
  set +f
  for file in /etc/ld-musl-*.path; do
    [ ! -f "$file" ] || send_lines "${file##*/}" cat "$file"
  done
  set -f
}
