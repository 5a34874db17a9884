# The agent cannot work without these commands; the facts tell of others that a host may lack.
lacks=''
for tool in cat chmod chown cut dd find grep head id mkdir mv od rm rmdir sed sha256sum sleep stat tail tr xargs; do
  command -v "$tool" >/dev/null || lacks="${lacks:+$lacks, }$tool"
done
if [ -n "$lacks" ]; then
  say "lacks $lacks"
  exit 127
fi
say hello

# skip_request LENGTH: does not do a request, as an earlier one in its chain has failed, and takes its data from the
# input: they are not the next request.
skip_request() {
  case $1 in '' | *[!0-9]*) ;; *) read_data "$1" >/dev/null; read -r _ ;; esac
  say 'done 254 an earlier request of its chain has failed'
}

BROKEN=' '
while beat idle && read -r request a b c; do
  ERROR=''
  # A chained request has its chain's number in front; with a plus, later ones build on it.
  case $request in
    *+*) chain=${request%%+*} need=+ request=${request#*+} ;;
    *-*) chain=${request%%-*} need='' request=${request#*-} ;;
    *) chain='' need='' ;;
  esac
  case $BROKEN in *" $chain "*) skip_request "$a"; continue ;; esac
  case $request in
    '') continue ;;
    enter) enter "$a" "$b" ;;
    names) names "$a" "$b" ;;
    registry) registry "$a" "$b" "$c" ;;
    records) records ;;
    zone) zone "$a" "$b" ;;
    skip) skip "$a" ;;
    look) look ;;
    scan) scan ;;
    programs) programs "$a" ;;
    flags) flags "$a" ;;
    times) say_times "$a" ;;
    processes) processes ;;
    loaders) loaders ;;
    elves) elves "$a" ;;
    seal) seal "$a" ;;
    plan) plan "$a" ;;
    relax) relax "$a" ;;
    mkdir) mkdirs "$a" ;;
    chown) run_on_nonlinks "$a" chown -h "$b" -- ;;
    chmod) run_on_nonlinks "$a" chmod "$b" -- ;;
    acl) run_on_nonlinks "$a" setfacl -Pbk -m "$b" -- ;;
    powers) powers "$a" "$b${c:+ $c}" ;;
    quarantine) quarantine "$a" "$b" ;;
    uses) uses "$a" "$b" ;;
    expire) expire "$a" ;;
    sums) sums "$a" ;;
    text) text "$a" ;;
    logins) logins "$a" ;;
    boot) boot "$a" ;;
    mount) mount_at "$a" "$b" "$c" ;;
    remount) remount_at "$a" "$b" "$c" ;;
    unmount) unmount_at "$a" "$b" ;;
    relay) with_ticks relay "$a" ;;
    proof) with_ticks proof "$a" "$b" ;;
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
    fields) with_ticks fields "$a" "$b" "$c" ;;
    place) with_ticks place "$a" "$b" ;;
    back) with_ticks back "$a" "$b" ;;
    remove) remove "$a" ;;
    clear) clear "$a" ;;
    empty) empty "$a" ;;
    uproot) uproot "$a" ;;
    unplace) unplace ;;
    nobody) nobody ;;
    attempt) attempt "$a" "$b" "$c" ;;
    launchers) launchers "$a" "$b" ;;
    put) put "$a" "$b" ;;
    drop) drop "$a" ;;
    history) history "$a" ;;
    tidy) tidy ;;
    *) false ;;
  esac
  status=$?
  [ "$status" -eq 0 ] || frozen
  [ "$status" -eq 0 ] || [ -z "$need" ] || BROKEN="$BROKEN$chain "
  say "done $status $ERROR"
done
