// What Lighthouse says of pages, as JSON: node lighthouse.mjs '{"chromium": …, "flags": […], "pages": [{"url", "cookie"}]}'
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const { chromium, flags, pages } = JSON.parse(process.argv[2]);
const browser = await launch({ chromePath: chromium, chromeFlags: flags, logLevel: "silent" });
const answers = [];
for (const { url, cookie } of pages) {
  const { lhr } = await lighthouse(url, {
    port: browser.port,
    logLevel: "silent",
    onlyCategories: ["performance", "accessibility", "best-practices"],
    extraHeaders: { Cookie: cookie },
    disableStorageReset: true,
  });
  const audits = Object.values(lhr.audits).filter(({ score }) => score !== null && score < 0.9);
  answers.push({
    url: lhr.finalDisplayedUrl,
    scores: Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(100 * score)])),
    short: audits.map(({ id, title, displayValue }) => `${id}: ${title} ${displayValue ?? ""}`.trim()),
  });
}
await browser.kill();
process.stdout.write(JSON.stringify(answers));
