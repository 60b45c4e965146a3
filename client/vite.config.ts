import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const BUILT = resolve(import.meta.dirname, "../src/nangmai/web/ui/static/ui/client");
const MODULES = resolve(import.meta.dirname, "node_modules");
const WEIGHTS = ["400", "500", "600", "700"];
const SUBSETS = ["vietnamese", "latin-ext", "latin"];

/** Copies the font files and the icons that pages and elements use, and the licences of all that is passed on. */
function copyMaterial(): Plugin {
  return {
    name: "copy-material",
    apply: "build",
    closeBundle() {
      for (const folder of ["fonts", "icons", "licences"]) {
        mkdirSync(join(BUILT, folder), { recursive: true });
      }
      for (const subset of SUBSETS) {
        for (const weight of WEIGHTS) {
          const file = `be-vietnam-pro-${subset}-${weight}-normal.woff2`;
          copyFileSync(join(MODULES, "@fontsource/be-vietnam-pro/files", file), join(BUILT, "fonts", file));
        }
      }
      const icons: string[] = JSON.parse(readFileSync(resolve(import.meta.dirname, "icons.json"), "utf8"));
      for (const icon of icons) {
        copyFileSync(join(MODULES, "lucide-static/icons", `${icon}.svg`), join(BUILT, "icons", `${icon}.svg`));
      }
      for (const name of ["@fontsource/be-vietnam-pro", "lucide-static", "hls.js"]) {
        const target = `${name.replace(/^@/, "").replace("/", "-")}.txt`;
        copyFileSync(join(MODULES, name, "LICENSE"), join(BUILT, "licences", target));
      }
    },
  };
}

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [copyMaterial()],
  worker: { format: "es", rolldownOptions: { output: { entryFileNames: "[name].js" } } },
  build: {
    outDir: BUILT,
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        client: resolve(import.meta.dirname, "src/client.ts"),
        passkey: resolve(import.meta.dirname, "src/passkey.ts"),
      },
      output: { entryFileNames: "[name].js", chunkFileNames: "chunks/[name]-[hash].js" },
    },
  },
});
