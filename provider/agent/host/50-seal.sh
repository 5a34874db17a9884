# $REGISTRY/sealed lists the sealed directories, one file a level: a record "dev:ino depth uid:gid mode path" for each
# directory, as it was before it was closed. The list is on the disk before any directory is closed, so the next run
# can open it again.

# top_hot_directories EXPRESSION…: finds the topmost directories in the zone that users other than root may write in. An
# ACL grants no more than the mode's group bits.
top_hot_directories() { walk -type d '(' ! -user 0 -o -perm -0020 -o -perm -0002 ')' -prune "$@"; }

# hot_records: prints a record for each of them. BusyBox's find prints no metadata. The quarantine's record makes it
# root's, as it never belongs to anybody else again.
hot_records() {
  if [ -n "$PRINTF" ]; then
    expect_all top_hot_directories '(' -path ".//$QUARANTINE" -printf '%D:%i 0 0:%G 700 %p\0' -o -printf '%D:%i 0 %U:%G %m %p\0' ')'
    return
  fi
  expect_all top_hot_directories -print0 >"$REGISTRY/.names" &&
    cat "$REGISTRY/.names" | xargs -0 -r stat -c '%d:%i 0 %u:%g %a' -- >"$REGISTRY/.ids" &&
    cat "$REGISTRY/.names" | xargs -0 -r sh -c 'for path; do
        read -r ids <&3 || exit 255
        gid=${ids##*:}
        case $path in ".//$0") ids="${ids%% *} 0 0:${gid%% *} 700" ;; esac
        printf "%s %s\0" "$ids" "$path" || exit 255
      done' "$QUARANTINE" 3<"$REGISTRY/.ids"
}

# close_hot FILE: takes the directories of some records from the daemon. The owner goes first: it could give the write
# permission back.
close_hot() {
  cat "$1" | xargs -0 -r sh -c 'for record; do printf "%s\0" ".//${record#* .//}"; done' sh |
    xargs -0 -r sh -c 'chown -h 0 -- "$@" && chmod go-w -- "$@" || exit
      for path; do [ "$path" != ".//$0" ] || chmod 00700 -- "$path" || exit; done' "$QUARANTINE"
}

# seal [LENGTH]: takes all directories in the subtrees of a list, or everywhere, from the daemon, from the top down.
# Everything above the topmost hot directories is root's, so their names lead to the directories that were found; once
# they are closed, the same holds one level below.
seal() {
  zone "$1" ''
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  mkdir -p "$REGISTRY/sealed" || return 1
  PRINTF=''
  ! find . -prune -printf '' 2>/dev/null || PRINTF=1
  SEALED=1
  again=0
  while [ "$LEVEL" -lt 1000 ]; do
    file=$REGISTRY/sealed/$((LEVEL + 1))
    read_mounts
    ERROR=$(hot_records 2>&1 >"$file") || { rm -f "$file"; return 1; }
    # Nothing is closed inside a mount that came meanwhile.
    if mounts_changed; then
      again=$((again + 1))
      [ "$again" -lt 100 ] || { ERROR='something is mounted or unmounted there all the time'; rm -f "$file"; return 1; }
      continue
    fi
    [ -s "$file" ] || { rm -f "$file"; return 0; }
    ERROR=$(sync "$file" "$REGISTRY/sealed" 2>&1) || return 1
    LEVEL=$((LEVEL + 1))
    ERROR=$(close_hot "$file" 2>&1) || return 1
    send_list sealed cat "$file"
  done
  ERROR='directories that the daemon may write in are nested more than 1,000 deep'
  return 1
}

# plan LENGTH: writes down how all sealed directories are opened, and which other directories are opened with them;
# the deepest first. It replaces all levels so far. Where it cannot be written the session ends, so that nothing
# behind it is done.
plan() {
  receive_file "$1" "$REGISTRY/.new"
  mkdir -p "$REGISTRY/sealed"
  sync "$REGISTRY/.new" 2>/dev/null
  ERROR=$(mv -f "$REGISTRY/.new" "$REGISTRY/sealed/plan" 2>&1) || { say "done 1 $ERROR"; exit 1; }
  PLANNED=$LEVEL SEALED=1
}

# relax [all]: opens the sealed directories, the deepest first, so that only root can change a name while it is used.
relax() {
  failed=''
  [ -z "$SEALED" ] || open_sealed
  # The look has dealt with an earlier run's seals: those directories are open again, or no longer ours.
  if [ "${1-}" = all ] && [ -z "$failed" ]; then rm -rf "$REGISTRY/left" "$REGISTRY/sealed"; fi
  ERROR=$failed
  [ -z "$failed" ]
}

# open_sealed: opens all levels and the plan. No signal may stop it.
open_sealed() {
  beat busy
  trap '' HUP INT TERM PIPE
  while [ "$LEVEL" -gt "${PLANNED:-0}" ]; do
    open_records "$REGISTRY/sealed/$LEVEL" || failed=$ERROR
    LEVEL=$((LEVEL - 1))
  done
  if [ -n "$PLANNED" ]; then open_records "$REGISTRY/sealed/plan" || failed=$ERROR; fi
  # Where a directory could not be opened the records stay for the next run.
  [ -n "$failed" ] || rm -rf "$REGISTRY/sealed"
  SEALED='' PLANNED='' LEVEL=0
  trap 'exit 129' HUP INT TERM PIPE
}

# open_records FILE: opens directories with equal records that follow each other at once, unless one is in another (a
# level has no such two, and in a plan their depths differ). The mode comes while root still owns the directory, in
# five digits or more: GNU chmod keeps a directory's setgid bit for four.
open_records() {
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
      # A directory may be missing, with a link to anywhere in its place.
      sound ".//${record#* .//}/" && [ -d ".//${record#* .//}" ] || continue
      [ "$to" = "$last" ] || { open "$@"; set --; last=$to; }
      set -- "$@" ".//${record#* .//}"
    done
    open "$@"
    [ -z "$failed" ]' sh 2>&1)
}
