// What Lighthouse says of pages, as JSON: node lighthouse.mjs '{"chromium": …, "flags": […], "pages": [{"url", "cookie"}]}'
// Of three runs the one in the middle counts, since whatever else the machine does makes a run slow and never quick.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const RUNS = 3;
const { chromium, flags, pages } = JSON.parse(process.argv[2]);
const browser = await launch({ chromePath: chromium, chromeFlags: flags, logLevel: "silent" });

const look = async ({ url, cookie }) => {
  const { lhr } = await lighthouse(url, {
    port: browser.port,
    logLevel: "silent",
    onlyCategories: ["performance", "accessibility", "best-practices"],
    extraHeaders: { Cookie: cookie },
    disableStorageReset: true,
  });
  const audits = Object.values(lhr.audits).filter(({ score }) => score !== null && score < 0.9);
  return {
    url: lhr.finalDisplayedUrl,
    scores: Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(100 * score)])),
    short: audits.map(({ id, title, displayValue }) => `${id}: ${title} ${displayValue ?? ""}`.trim()),
  };
};

const answers = [];
for (const page of pages) {
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await look(page));
  runs.sort((one, other) => one.scores.performance - other.scores.performance);
  answers.push(runs[Math.floor(RUNS / 2)]);
}
await browser.kill();
process.stdout.write(JSON.stringify(answers));
