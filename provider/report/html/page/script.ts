/**
 * The script of a report's page, which takes its text from this function: it may use nothing outside of it. The page is whole
 * without it; it adds a filter, sorting, and the URL's hash as their state: `#by-host&q=is:drifted+ns1&sort=2d`.
 */
export function pageScript(): void {
  const views = [...document.querySelectorAll<HTMLElement>("section.view")];
  const links = [...document.querySelectorAll<HTMLAnchorElement>("nav a")];
  const form = document.querySelector<HTMLFormElement>("form");
  const box = document.querySelector<HTMLInputElement>("form input");
  const status = document.querySelector<HTMLElement>("form output");
  if (!form || !box || !status) return;
  const first = views[0]?.id ?? "";
  let state = { view: first, query: "", sort: "" };
  const order = new Map<HTMLElement, HTMLTableRowElement[]>();
  const texts = new Map<HTMLElement, string>();
  const rowsOf = (view: HTMLElement) => [...view.querySelectorAll<HTMLTableRowElement>("tbody > tr")];
  for (const view of views) order.set(view, rowsOf(view));

  function read(): void {
    const parameters = new URLSearchParams(location.hash.slice(1));
    const view = views.find(({ id }) => parameters.has(id))?.id ?? first;
    state = { view, query: parameters.get("q") ?? "", sort: parameters.get("sort") ?? "" };
  }

  function hash(): string {
    const { view, query, sort } = state;
    const parameters = new URLSearchParams({ ...(query === "" ? {} : { q: query }), ...(sort === "" ? {} : { sort }) });
    return `#${view}${parameters.size > 0 ? `&${parameters}` : ""}`;
  }

  function isMatch(row: HTMLElement, words: readonly string[]): boolean {
    const text = texts.get(row) ?? (row.textContent ?? "").toLowerCase();
    texts.set(row, text);
    return words.every((word) => {
      if (word.startsWith("is:")) return row.dataset["is"]?.split(" ").includes(word.slice(3)) === true;
      return word.startsWith("-") && word !== "-" ? !text.includes(word.slice(1)) : text.includes(word);
    });
  }

  function cellValue(row: HTMLTableRowElement, column: number): string {
    const cell = row.cells[column];
    return cell?.dataset["v"] ?? cell?.textContent ?? "";
  }

  function sortRows(view: HTMLElement): void {
    const [, column = "", isDown] = /^(\d+)(d?)$/.exec(state.sort) ?? [];
    for (const [index, head] of view.querySelectorAll("thead th").entries()) {
      if (column === `${index}`) head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    const rows = [...(order.get(view) ?? [])];
    const number = Number(column);
    if (column !== "") {
      const values = new Map(rows.map((row) => [row, cellValue(row, number)]));
      const collator = new Intl.Collator("en", { numeric: true });
      const sign = isDown ? -1 : 1;
      rows.sort((one, other) => sign * collator.compare(values.get(one) ?? "", values.get(other) ?? ""));
    }
    view.querySelector("tbody")?.append(...rows);
  }

  function show(): void {
    const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
    for (const view of views) view.classList.toggle("off", view.id !== state.view);
    for (const link of links) {
      if (link.hash === `#${state.view}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const view = views.find(({ id }) => id === state.view);
    if (!view || !status || !box) return;
    sortRows(view);
    const rows = order.get(view) ?? [];
    let shown = 0;
    for (const row of rows) {
      row.hidden = !isMatch(row, words);
      if (!row.hidden) shown++;
    }
    const all = `${rows.length.toLocaleString("en-US")} ${rows.length === 1 ? "row" : "rows"}`;
    const part = words.length === 0 ? "" : `${shown.toLocaleString("en-US")} of `;
    status.textContent = rows.length === 0 ? "" : part + all;
    if (box.value !== state.query) box.value = state.query;
  }

  function go(next: Partial<typeof state>, isStep: boolean): void {
    state = { ...state, ...next };
    if (isStep) history.pushState(null, "", hash());
    else history.replaceState(null, "", hash());
    show();
  }

  for (const head of document.querySelectorAll<HTMLTableCellElement>("section.view thead th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const next: Record<string, string> = { [`${head.cellIndex}`]: `${head.cellIndex}d`, [`${head.cellIndex}d`]: "" };
      go({ sort: next[state.sort] ?? `${head.cellIndex}` }, false);
    });
  }
  for (const link of document.querySelectorAll<HTMLAnchorElement>("nav a, a[data-q]"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const query = link.dataset["q"] ?? state.query;
      go({ view: link.hash.slice(1), query, sort: "" }, true);
    });
  box.addEventListener("input", () => go({ query: box.value }, false));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== box) {
      event.preventDefault();
      box.focus();
    } else if (event.key === "Escape" && document.activeElement === box) {
      go({ query: "" }, false);
      box.blur();
    }
  });
  const readAndShow = () => {
    read();
    show();
  };
  window.addEventListener("hashchange", readAndShow);
  window.addEventListener("popstate", readAndShow);
  document.documentElement.classList.add("js");
  form.hidden = false;
  readAndShow();
}
