use crate::stage::Stage;

/// What is wrong with a page for whoever cannot see it, has no mouse, or was sent it by a stranger; an array of sentences.
const FAULTS: &str = r#"
const faults = [];
const all = (selector) => [...document.querySelectorAll(selector)];
if (!document.documentElement.lang) faults.push("the page has no language");
if (all("h1").length !== 1) faults.push("the page has " + all("h1").length + " h1");
if (!document.querySelector("a.skip[href='#content']") || !document.getElementById("content")) faults.push("no skip link");
for (const field of all("input:not([type=hidden]), select, textarea"))
  if (!field.labels.length) faults.push("no label: " + field.outerHTML);
for (const button of all("button, a"))
  if (!(button.getAttribute("aria-label") || button.innerText || button.textContent).trim()) faults.push("no text: " + button.outerHTML);
for (const table of all("table"))
  if (!table.querySelector("thead th[scope=col]")) faults.push("a table without headers");
for (const image of all("svg, img"))
  if (!image.getAttribute("aria-label") && !image.getAttribute("alt")) faults.push("an image without words");
const ids = all("[id]").map((element) => element.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push("twice the id " + id);
if (all("[style], style, script:not([src]), [onclick], [onload]").length) faults.push("inline style or script");
for (const form of all("form[method=post]:not([action='/sign-in'])"))
  if (!form.querySelector("input[name=token]").value) faults.push("a form without a token");
if (document.documentElement.scrollWidth > window.innerWidth)
  faults.push("wider than the window: " + document.documentElement.scrollWidth + " of " + window.innerWidth + " " +
    all("body *").filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1).slice(0, 5).map((e) => e.outerHTML.slice(0, 120)).join(" | "));
const light = (colour) => {
  const [r, g, b] = colour.match(/[\d.]+/g).map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour !== "rgba(0, 0, 0, 0)") return colour;
  }
  return "rgb(255, 255, 255)";
};
for (const element of all("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  if (!own || !element.checkVisibility() || element.closest(".unseen, .skip")) continue;
  const [one, other] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => b - a);
  const contrast = (one + 0.05) / (other + 0.05);
  if (contrast < 4.5) faults.push("contrast " + contrast.toFixed(2) + ": " + element.outerHTML.slice(0, 120));
}
return faults;
"#;

/// Fails when the page that is shown has a fault: language, headings, labels, table headers, words for pictures, ids, inline
/// style and script, tokens, its width, and the contrast of its text (WCAG 2.2, 1.4.3: 4.5 to 1).
#[track_caller]
pub(crate) fn examine(stage: &Stage) {
    let faults = stage.browser.script(FAULTS);
    assert_eq!(faults, serde_json::json!([]), "{}", stage.browser.url());
    stage.console_says(&[]);
}
