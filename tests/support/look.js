// What is wrong with a page as it stands, beyond what axe finds: a line for each. Run after a press of Tab, since
// browsers show a focus set by script only where the keyboard was used before.
() => {
  const named = (element) => `${element.localName}${element.className && typeof element.className === "string" ? `.${element.className.trim().replace(/\s+/g, ".")}` : ""} “${element.textContent.trim().slice(0, 40)}”`;
  const canHaveFocus = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const found = [];

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push(`${root.scrollWidth - root.clientWidth} pixels wider than a window of ${innerWidth}`);

  for (const element of document.querySelectorAll("main *")) {
    if (element.scrollWidth <= element.clientWidth + 1 || !/auto|scroll/.test(getComputedStyle(element).overflowX)) continue;
    if (element.tabIndex < 0 && !element.querySelector(canHaveFocus)) found.push(`scrolls and cannot be reached: ${named(element)}`);
  }

  // Where the focus lies behind something that stays in place, nobody sees where she is.
  const isCovered = (element) => {
    const box = element.getBoundingClientRect();
    const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]].map(([x, y]) => [box.left + x * box.width, box.top + y * box.height]);
    const inSight = points.filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
    return !inSight.some(([x, y]) => {
      const there = document.elementFromPoint(x, y);
      return there && (element.contains(there) || there.contains(element) || there.closest("label")?.control === element);
    });
  };
  for (const element of document.querySelectorAll(canHaveFocus)) {
    if (element.tabIndex > 0) found.push(`comes out of turn: ${named(element)}`);
    if (element.tabIndex < 0 || element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
    element.focus();
    const style = getComputedStyle(element);
    if (style.outlineStyle === "none" && element.type !== "date") found.push(`its focus is not seen: ${named(element)}`);
    if (isCovered(element)) found.push(`its focus is covered: ${named(element)}`);
  }
  document.activeElement.blur();
  scrollTo(0, 0);
  return found;
}
