// Packs everything the server serves as files into build/web: pages as they are named, their assets under names that hold a hash of
// the content (so that they can be cached for ever), each also compressed. Does nothing when no input has changed.
//   --without-console   leaves the console and its page out
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const web = join(root, 'build/web');
const compressible = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.wasm']);
const rewritten = new Set(['.css', '.html', '.js', '.svg']);
const consoleFiles = ['console.js', 'console.wasm'];

function files_below(folder) {
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
        .flatMap((entry) => (entry.isDirectory() ? files_below(join(folder, entry.name)) : [join(folder, entry.name)]))
        .sort();
}

// Name under /assets/ to content.
export function collect_assets(withConsole) {
    const generated = files_below(join(root, 'build/generated')).filter((path) => ['.css', '.woff2'].includes(extname(path)));
    const own = ['signup', 'console-page'].flatMap((folder) => files_below(join(root, 'assets', folder)));
    const built = withConsole ? consoleFiles.map((name) => join(root, 'build/wasm/bin', name)) : [];
    const assets = new Map();
    for (const path of [...generated, ...own, ...built]) {
        const name = basename(path);
        if (name.endsWith('.md')) continue;
        if (assets.has(name)) throw new Error(`two assets are called ${name}`);
        if (!existsSync(path)) throw new Error(`${path} is not built yet; --without-console leaves the console out`);
        assets.set(name, readFileSync(path));
    }
    return assets;
}

export function collect_pages(withConsole) {
    return new Map(
        readdirSync(join(root, 'assets'))
            .filter((name) => name.endsWith('.html') && (withConsole || name !== 'console.html'))
            .map((name) => [name, readFileSync(join(root, 'assets', name))])
    );
}

export function hashed_name(name, content) {
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
    const extension = extname(name);
    return `${name.slice(0, -extension.length)}.${hash}${extension}`;
}

// Assets first, in the order of who mentions whom, so that a change in a font changes the name of the style sheet that loads it.
export function link(assets, pages) {
    const linked = new Map(); // name to { name, content }
    const under_way = new Set();

    function rewrite(name, content) {
        if (!rewritten.has(extname(name))) return content;
        const text = content.toString('utf8').replace(/\/assets\/([\w.-]+\.\w+)/g, (_, mentioned) => {
            if (!assets.has(mentioned)) throw new Error(`${name} mentions /assets/${mentioned}, which does not exist`);
            return `/assets/${link_asset(mentioned).name}`;
        });
        // Emscripten looks for the module beside the script, by its bare name.
        return name === 'console.js' ? text.replaceAll('"console.wasm"', () => `"${link_asset('console.wasm').name}"`) : text;
    }

    function link_asset(name) {
        if (linked.has(name)) return linked.get(name);
        if (under_way.has(name)) throw new Error(`${name} mentions itself through others`);
        under_way.add(name);
        const content = Buffer.from(rewrite(name, assets.get(name)));
        under_way.delete(name);
        linked.set(name, { name: hashed_name(name, content), content });
        return linked.get(name);
    }

    const result = new Map(); // path below build/web to content
    for (const name of assets.keys()) {
        const { name: hashed, content } = link_asset(name);
        result.set(`assets/${hashed}`, content);
    }
    for (const [name, content] of pages) result.set(name, Buffer.from(rewrite(name, content)));
    return result;
}

function compress(content) {
    const parameters = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
    return { '.br': brotliCompressSync(content, { params: parameters }), '.gz': gzipSync(content, { level: 9 }) };
}

// A page that the server fills in is compressed, if at all, when it is sent.
function is_compressed(path, content) {
    return compressible.has(extname(path)) && !(path.endsWith('.html') && content.includes('{{'));
}

function write(files) {
    mkdirSync(join(web, 'assets'), { recursive: true });
    const wanted = new Set();
    for (const [path, content] of files) {
        const target = join(web, path);
        wanted.add(target);
        const same = existsSync(target) && readFileSync(target).equals(content);
        if (!same) writeFileSync(target, content);
        if (!is_compressed(path, content)) continue;
        ['.br', '.gz'].forEach((ending) => wanted.add(target + ending));
        if (same && existsSync(`${target}.br`) && existsSync(`${target}.gz`)) continue;
        for (const [ending, bytes] of Object.entries(compress(content))) writeFileSync(target + ending, bytes);
    }
    for (const path of files_below(web)) if (!wanted.has(path)) rmSync(path);
}

function run(command, ...parameters) {
    const { status, error } = spawnSync(command, parameters, { stdio: 'inherit' });
    if (error) throw error;
    if (status !== 0) process.exit(status ?? 1);
}

function console_download(files) {
    const parts = [...files.keys()].filter((path) => /^(console\.html|assets\/(console|tokens|favicon)\.)/.test(path));
    const sizes = parts.map((path) => [path, readFileSync(join(web, `${path}.br`)).length]);
    for (const [path, size] of sizes) console.log(`${String(size).padStart(8)}  ${path}`);
    console.log(`${String(sizes.reduce((sum, [, size]) => sum + size, 0)).padStart(8)}  bytes: the console's whole download, brotli`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const withConsole = !process.argv.includes('--without-console');
    run(process.execPath, join(root, 'tools/build-theme.mjs'));
    run(join(root, 'tools/build-fonts.py'));
    const [assets, pages] = [collect_assets(withConsole), collect_pages(withConsole)];

    const digest = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
    for (const [name, content] of [...assets, ...pages]) digest.update(`${name}\0${content.length}\0`).update(content);
    const fingerprint = digest.digest('hex');
    const stamp = join(root, 'build/.web');
    if (existsSync(stamp) && existsSync(web) && readFileSync(stamp, 'utf8') === fingerprint) process.exit(0);

    const files = link(assets, pages);
    write(files);
    writeFileSync(stamp, fingerprint);
    if (withConsole) console_download(files);
}
