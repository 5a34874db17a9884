# What is sealed, level by level, in $REGISTRY/sealed: a record "dev:ino depth uid:gid mode path" for each directory, from before
# it was closed. It is on the disk before anything is, so whoever comes next can open it again.

# hot EXPRESSION…: the topmost directories in the zone that others than root may write in; an ACL grants no more than the
# mode's group bits. Names that no command takes (PATH_MAX) are left out: nothing is repaired below them.
hot() {
  long='????'
  while [ "${#long}" -lt 4000 ]; do long=$long$long; done
  mounted
  walk 100 -type d '(' ! -user 0 -o -perm -0020 -o -perm -0002 ')' -prune ! -path "$long*" "$@"
}

# hot_records: a record for each. BusyBox's find prints no metadata.
hot_records() {
  if [ -n "$PRINTF" ]; then
    whole hot -printf '%D:%i 0 %U:%G %m %p\0'
    return
  fi
  whole hot -print0 >"$REGISTRY/.names" &&
    cat "$REGISTRY/.names" | xargs -0 -r stat -c '%d:%i 0 %u:%g %a' -- >"$REGISTRY/.ids" &&
    cat "$REGISTRY/.names" | xargs -0 -r sh -c 'for path; do
        read -r ids <&3 && printf "%s %s\0" "$ids" "$path" || exit 255
      done' sh 3<"$REGISTRY/.ids"
}

# close_hot FILE: takes the directories of some records from the daemon. The owner goes first: it could give the write
# permission back.
close_hot() {
  cat "$1" | xargs -0 -r sh -c 'for record; do printf "%s\0" ".//${record#* .//}"; done' sh |
    xargs -0 -r sh -c 'chown -h 0 -- "$@" && chmod go-w -- "$@"' sh
}

# seal [LENGTH]: in the subtrees of a list, or everywhere, take all directories from the daemon, from the top down. All that is above
# the topmost hot ones is root's, so their names are the directories that were found; once they are closed, the same is
# true one level below.
seal() {
  zone "$1" ''
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  mkdir -p "$REGISTRY/sealed" || return 1
  PRINTF=''
  ! find . -prune -printf '' 2>/dev/null || PRINTF=1
  SEALED=1
  while [ "$LEVEL" -lt 1000 ]; do
    file=$REGISTRY/sealed/$((LEVEL + 1))
    ERROR=$(hot_records 2>&1 >"$file") || { rm -f "$file"; return 1; }
    [ -s "$file" ] || { rm -f "$file"; return 0; }
    ERROR=$(sync "$file" "$REGISTRY/sealed" 2>&1) || return 1
    LEVEL=$((LEVEL + 1))
    ERROR=$(close_hot "$file" 2>&1) || return 1
    told sealed cat "$file"
  done
  ERROR='directories that the daemon may write in are nested more than 1,000 deep'
  return 1
}

# plan LENGTH: how everything that is sealed is opened, and what else is opened with it; the deepest first. It stands for
# all levels so far. Where it cannot be written the session ends: nothing is done of what has been sent behind it.
plan() {
  stage "$1" "$REGISTRY/.new"
  mkdir -p "$REGISTRY/sealed"
  sync "$REGISTRY/.new" 2>/dev/null
  ERROR=$(mv -f "$REGISTRY/.new" "$REGISTRY/sealed/plan" 2>&1) || { say "done 1 $ERROR"; exit 1; }
  PLANNED=$LEVEL SEALED=1
}

# relax [all]: open what is sealed, the deepest first, so that a name is still nobody else's to change when it is used.
relax() {
  failed=''
  [ -z "$SEALED" ] || opening
  # What an earlier run had left sealed has been looked at: it is open again, or none of ours any more.
  if [ "${1-}" = all ] && [ -z "$failed" ]; then rm -rf "$REGISTRY/left" "$REGISTRY/sealed"; fi
  ERROR=$failed
  [ -z "$failed" ]
}

opening() {
  beat busy
  trap '' HUP INT TERM PIPE
  while [ "$LEVEL" -gt "${PLANNED:-0}" ]; do
    opened "$REGISTRY/sealed/$LEVEL" || failed=$ERROR
    LEVEL=$((LEVEL - 1))
  done
  if [ -n "$PLANNED" ]; then opened "$REGISTRY/sealed/plan" || failed=$ERROR; fi
  # Of what could not be opened the records stay, for the next run to try.
  [ -n "$failed" ] || rm -rf "$REGISTRY/sealed"
  SEALED='' PLANNED='' LEVEL=0
  trap 'exit 129' HUP INT TERM PIPE
}

# opened FILE: directories of equal records that follow each other at once, unless one is in another (a level has no such
# two, and in a plan their depths differ). The mode comes while root still owns it, in five digits or more: GNU chmod keeps a
# directory's setgid bit for four.
opened() {
  [ -f "$1" ] || return 0
  ERROR=$(cat "$1" | xargs -0 -r -n 500 sh -c "$SOUND"'
    open() {
      [ $# -gt 0 ] || return 0
      ids=${last% *}
      chmod "00${last##* }" -- "$@" || failed=1
      chown -h "${ids#* }" -- "$@" || failed=1
    }
    last="" failed="" first=1
    for record; do
      [ -z "$first" ] || set --
      first=""
      record=${record#* }
      to=${record%% .//*}
      # One that was to be made, and was not: in its place there may be a link to anywhere.
      sound ".//${record#* .//}/" && [ -d ".//${record#* .//}" ] || continue
      [ "$to" = "$last" ] || { open "$@"; set --; last=$to; }
      set -- "$@" ".//${record#* .//}"
    done
    open "$@"
    [ -z "$failed" ]' sh 2>&1)
}
