# What nothing can be done without; parts of the host that may be missing are gaps, which facts tells of.
lacks=''
for tool in cat chmod chown cut dd find grep id mkdir mv od rm rmdir sed sha256sum sleep stat tail tr xargs; do
  command -v "$tool" >/dev/null || lacks="${lacks:+$lacks, }$tool"
done
if [ -n "$lacks" ]; then
  say "lacks $lacks"
  exit 127
fi
say hello

# passed LENGTH: one that is not done, as what it builds on has failed. What comes with it is not the next request.
passed() {
  case $1 in '' | *[!0-9]*) ;; *) frame "$1" >/dev/null; read -r _ ;; esac
  say 'done 254 what it builds on has failed'
}

BROKEN=' '
while beat idle && read -r request a b c; do
  ERROR=''
  # One of a chain has its number in front; with a plus, others build on it.
  case $request in
    *+*) chain=${request%%+*} need=+ request=${request#*+} ;;
    *-*) chain=${request%%-*} need='' request=${request#*-} ;;
    *) chain='' need='' ;;
  esac
  case $BROKEN in *" $chain "*) passed "$a"; continue ;; esac
  case $request in
    '') continue ;;
    enter) enter "$a" "$b" ;;
    names) names "$a" "$b" ;;
    registry) registry "$a" "$b" "$c" ;;
    records) records ;;
    zone) zone "$a" "$b" ;;
    look) look ;;
    scan) scan ;;
    programs) programs "$a" ;;
    processes) processes ;;
    loaders) loaders ;;
    elves) elves "$a" ;;
    seal) seal "$a" ;;
    plan) plan "$a" ;;
    relax) relax "$a" ;;
    mkdir) mkdirs "$a" ;;
    chown) over "$a" chown -h "$b" -- ;;
    chmod) over "$a" chmod "$b" -- ;;
    acl) over "$a" setfacl -Pbk -m "$b" -- ;;
    powers) powers "$a" "$b${c:+ $c}" ;;
    quarantine) quarantine "$a" ;;
    expire) expire "$a" ;;
    sums) sums "$a" ;;
    text) text "$a" ;;
    boot) boot "$a" ;;
    mount) mount_at "$a" "$b" "$c" ;;
    remount) remount_at "$a" "$b" "$c" ;;
    unmount) unmount_at "$a" "$b" ;;
    relay) patiently relay "$a" ;;
    proof) patiently proof "$a" "$b" ;;
    fence) fence "$a" "$b" ;;
    reload) reload ;;
    places) places "$a" ;;
    devices) devices "$a" ;;
    exposed) exposed "$a" ;;
    neighbours) neighbours ;;
    at) at "$a" "$b" "$c" ;;
    fill) fill "$a" "$b" ;;
    copy) copy "$a" "$b" "$c" ;;
    symlink) symlink "$a" ;;
    device) device "$a" "$b" "$c" ;;
    fields) patiently fields "$a" "$b" "$c" ;;
    place) patiently place "$a" "$b" ;;
    back) patiently back "$a" "$b" ;;
    remove) remove "$a" ;;
    clear) clear "$a" ;;
    empty) empty "$a" ;;
    uproot) uproot "$a" ;;
    unplace) unplace ;;
    attempt) attempt "$a" "$b" "$c" ;;
    launchers) launchers "$a" "$b" ;;
    put) put "$a" "$b" ;;
    drop) drop "$a" ;;
    tidy) tidy ;;
    *) false ;;
  esac
  status=$?
  [ "$status" -eq 0 ] || [ -z "$need" ] || BROKEN="$BROKEN$chain "
  say "done $status $ERROR"
done
