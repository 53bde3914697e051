// Output and formulas can be reached with the keyboard, because they may scroll. Those that do not are passed over.
const seen = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const element of document.querySelectorAll("[data-weave-scroll]")) seen.observe(element);
