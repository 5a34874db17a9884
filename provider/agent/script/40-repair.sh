# need PATH: declares a directory that has to be there. The directories above it were declared before it; GONE lists
# the absent ones.
need() {
  path=$1 type=directory above_gone=''
  IFS=/
  split_depth
  if excluded || is_mounted; then return 0; fi
  IFS=$NEWLINE
  for one in $GONE; do
    case $path in "$one"/*) above_gone=1 ;; esac
  done
  IFS=$SPACE
  if [ -z "$above_gone" ] && [ -d "./$path" ] && [ ! -L "./$path" ]; then return 0; fi
  GONE=$GONE$path$NEWLINE instead=''
  if [ -z "$above_gone" ] && { [ -e "./$path" ] || [ -L "./$path" ]; }; then instead='something else'; fi
  shown "$path"
  printf '%s: %s => directory\n' "$SHOWN" "${instead:-absent}" >>"$WORK/differs"
  # As in "pulumi up": a link that the daemon has made where it may write is moved away, any other one is for people to decide on.
  if [ -n "$instead" ] && [ -L "./$path" ] &&
    { [ "$(stat -c %u -- "./$path")" = 0 ] || ! { (exposed was_hot) || (exposed stays_hot); }; }; then
    fail "$SHOWN: it is a link, and a directory is declared: remove it, or run pulumi up, which says where it leads"
    return 0
  fi
  [ -z "$CHECK" ] || return 0
  top=$(top_above)
  [ -n "$top" ] || [ -z "$instead" ] || ! path=quarantine || top=$(top_above)
  if [ -n "$top" ]; then
    printf './/%s\0' "${top#.}" >>"$WORK/zone"
  else
    [ -z "$instead" ] || put_on replace "$SHOWN: a directory has to be there$NEWLINE.//$1"
    put_on make ".//$1"
  fi
}

is_mounted() {
  while read -r _ _ _ _ point _; do
    if path_below_root "$point"; then case $path/ in "$BELOW"/*) return 0 ;; esac; fi
  done </proc/self/mountinfo
  return 1
}

# top_above: prints the topmost directory above a path that users other than root may write in.
top_above() {
  above=. left=$path/
  [ "$path" != . ] || return 0
  while [ -n "$left" ]; do
    seen=$(stat -c '%F:%u:%a' -- "./$above" 2>/dev/null) || return 0
    case $seen in
      directory:0:*[2367]? | directory:0:*[2367]) printf %s "$above"; return ;;
      directory:0:*) ;;
      directory:*) printf %s "$above"; return ;;
      *) return 0 ;;
    esac
    if [ "$above" = . ]; then above=${left%%/*}; else above=$above/${left%%/*}; fi
    left=${left#*/}
  done
}

# agree: plans the repair of hard-linked files whose names are all in the jail and have equal declarations.
agree() {
  awk -F/ '{ count[$0]++; links[$0] = $2 } END { for (key in count) if (count[key] == links[key]) print key }' \
    "$WORK/keys" >"$WORK/agreed"
  cat "$WORK/linked" | xargs -0 -r -n 7 sh "$SELF" +linked
}

# close_zone: closes the directories above the entries that differ, or everything.
close_zone() {
  if [ -f "$WORK/all" ]; then close_all; else LIST=$WORK/zone && closed_by seal 1; fi
}
close_all() { closed_by seal '' && ALL=1; }
closed_by() {
  "$@" || { explain "the daemon's directories cannot be closed: $ERROR"; return 1; }
  ZONE='' DEPTH=''
  table
}

# table: closed directories, with the fields that they get back: by the plan, by an earlier run's, or else their
# former ones.
table() {
  if [ -f "$REGISTRY/sealed/plan" ]; then opened_to <"$REGISTRY/sealed/plan"; fi >"$WORK/table"
  cat "$WORK/left" >>"$WORK/table"
  for level in $(seq 1 "$LEVEL"); do opened_to <"$REGISTRY/sealed/$level" >>"$WORK/table"; done
}
opened_to() { xargs -0 -r sh -c 'for record; do printf "%s\n" "${record%% .//*}"; done' sh; }

# left_closed: the directories that an interrupted run has left closed: the same directory, and root's, as only a run
# leaves it.
left_closed() {
  : >"$WORK/left"
  : >"$WORK/table"
  set +f
  if [ -n "$CHECK" ]; then set -- "$REGISTRY"/sealed/plan "$REGISTRY"/sealed/* "$REGISTRY"/left/*
  else set -- $(ls "$REGISTRY/left" 2>/dev/null | sort -rn | sed "s|^|$REGISTRY/left/|")
  fi
  set -f
  for file; do [ ! -f "$file" ] || cat "$file"; done >"$WORK/records"
  [ -s "$WORK/records" ] || return 0
  # From now on only root changes a name.
  [ -n "$CHECK" ] || close_all || refuse 'see above'
  xargs -0 -r sh -c 'for record; do
      path=.//${record#* .//} ids=${record%% .//*}
      case $(stat -c "%F:%d:%i" -- "$path" 2>/dev/null) in "directory:${record%% *}") ;; *) continue ;; esac
      was=$(grep "^${record%% *} " "$0" | head -n 1)
      [ -n "$was" ] || was=$(stat -c "- 0 %u:%g %a" -- "$path")
      case ${was#* * } in
        0:*" ${ids##* }") ;;
        0:*[2367]? | 0:*[2367]) continue ;;
        0:*) ;;
        *) continue ;;
      esac
      printf "%s\n" "$ids"
    done' "$WORK/table" <"$WORK/records" >"$WORK/left"
  table
}

converge() {
  for round in 1 2 3 4; do
    survey || break
    [ "$round" != 1 ] || [ ! -f "$WORK/differs" ] || cat "$WORK/differs"
    if [ -f "$WORK/zone" ] || [ -f "$WORK/all" ]; then
      close_zone && survey || break
    fi
    plan_opening || break
    [ -f "$WORK/todo" ] || break
    apply
  done
  relax all || explain "the daemon's directories cannot be opened again: $ERROR"
  : >"$WORK/table"
}

# plan_opening: writes to the disk how the directories are opened, before any is closed for it.
plan_opening() {
  order=''
  set +f
  for file in "$WORK"/plan.*; do order="$file $order"; done
  set -f
  [ -f "${order%% *}" ] || return 0
  cat $order >"$WORK/opening"
  LIST=$WORK/opening
  plan 0 && table
}

# apply: owners before modes, as a former owner can no longer change the mode back; before an owner the bits that both
# modes have. A failure for one path does not keep the others from being repaired.
apply() {
  each replace quarantine 0
  each make mkdirs 0
  # A new directory must not inherit group and setgid from the directory above.
  each make run_on_nonlinks 0 chown -h 0:0 --
  each make run_on_nonlinks 0 chmod 00700 --
  grouped close chmod
  grouped owned chown -h
  each acl run_on_list 0 -n 2 sh -c "$SOUND"'firm "$1" && setfacl -Pbk -m "$0" -- "$1"'
  grouped mode chmod
  each powers run_on_list 0 -n 2 sh -c "$SOUND"'firm "$1" && if [ "$0" = none ]; then setcap -r "$1"; else setcap "$0" "$1"; fi'
}

each() {
  LIST=$WORK/$1
  shift
  [ ! -f "$LIST" ] || "$@" || { frozen && explain "$ERROR"; }
}

grouped() {
  kind=$1
  shift
  set +f
  for list in "$WORK/$kind".*; do
    set -f
    [ ! -f "$list" ] || each "${list##*/}" run_on_nonlinks 0 "$@" "${list##*.}" --
  done
  set -f
}

report() {
  if [ -f "$WORK/differs" ]; then
    FAILED=1
    if [ -n "$1" ]; then cat "$WORK/differs"; else sed 's/^/not repaired: /' "$WORK/differs" >&2; fi
  fi
  [ ! -f "$WORK/noted" ] || sort -u "$WORK/noted"
  [ ! -f "$WORK/lacking" ] || sort -u "$WORK/lacking" >&2
  [ ! -f "$WORK/failed" ] || [ ! -s "$WORK/failed" ] || { FAILED=1 && sort -u "$WORK/failed" >&2; }
}

main "$@"
