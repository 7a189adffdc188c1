// Who may include whom (DESIGN: folders), and names that are taken. Each include is written from the root, so its line names its folder.
import { readFileSync } from 'node:fs';

// A folder, and the folders of this project that it may include besides itself.
const allowed = {
    'shared/base': [],
    'shared/domain': ['shared/base'],
    'shared/api': ['shared/base', 'shared/domain'],
    'edge-server/sql': ['shared'],
    'edge-server/store': ['shared', 'edge-server/sql', 'edge-server/embedded.h'],
    'edge-server/providers': ['shared'],
    'edge-server/http': ['shared'],
    'edge-server/services': ['shared', 'edge-server/sql', 'edge-server/store', 'edge-server/providers', 'edge-server/config.h', 'edge-server/embedded.h'],
    'edge-server/jobs': ['shared', 'edge-server/services'],
    'edge-server/routes': ['shared', 'edge-server/http', 'edge-server/services', 'edge-server/store', 'edge-server/sql', 'edge-server/config.h'],
    'edge-server': ['shared', 'edge-server'],
    'web-client/platform': ['shared', 'build/generated', 'edge-server/store/snapshot.h'],
    'web-client/api': ['shared', 'web-client/platform', 'web-client/state'],
    'web-client/state': ['shared'],
    'web-client/widgets': ['shared', 'web-client/state', 'web-client/platform', 'build/generated'],
    'web-client/views': ['shared', 'web-client/state', 'web-client/widgets', 'build/generated'],
    'web-client/app': ['shared', 'web-client', 'build/generated'],
    'web-client': ['shared', 'web-client'],
};
// A library header, and the folders that may include it.
const confined = [
    [/^sqlite3\.h$/, ['edge-server/sql']],
    [/^libpq-fe\.h$/, ['edge-server/sql']],
    [/^httplib\.h$/, ['edge-server/http', 'edge-server/routes', 'edge-server/providers', 'web-client/platform']],
    [/^imgui/, ['web-client']],
    [/^emscripten/, ['web-client/platform']],
    // The native console's snapshots: the one header of the server that the console has, in its native half only.
    [/^edge-server\/store\/snapshot\.h$/, ['edge-server', 'web-client/platform/snapshot_transport.h']],
];
const free = ['tests/', 'tools/telephony-sim/'];

// Two types of one name in one namespace are one type to the linker, whatever they hold: each of a source file needs its own.
const types = new Map();

const within = (path, folder) => path === folder || path.startsWith(`${folder}/`);
let problems = 0;
for (const path of process.argv.slice(2)) {
    if (free.some((folder) => path.startsWith(folder))) continue;
    const home = Object.keys(allowed).filter((folder) => within(path, folder)).sort((a, b) => b.length - a.length)[0];
    const complain = (line, what) => {
        console.error(`${path}:${line + 1}: ${what}`);
        ++problems;
    };
    if (!home) complain(0, 'no rule says what this folder may include');
    readFileSync(path, 'utf8').split('\n').forEach((text, line) => {
        const type = path.startsWith('web-client/') && path.endsWith('.cpp') && text.match(/^(?:struct|class) (\w+) \{/)?.[1];
        if (type && types.has(type)) complain(line, `${type} is in ${types.get(type)} too`);
        if (type) types.set(type, path);
        const included = text.match(/^\s*#\s*include\s+["<]([^">]+)[">]/)?.[1];
        if (!included || !home) return;
        const ours = /^(shared|edge-server|web-client|tools|tests|build)\//.test(included);
        if (ours && !within(included, home) && !allowed[home].some((folder) => within(included, folder))) complain(line, `${home} may not include ${included}`);
        for (const [header, folders] of confined)
            if (header.test(included) && !folders.some((folder) => within(path, folder))) complain(line, `${included} belongs in ${folders.join(', ')}`);
    });
}
process.exit(problems ? 1 : 0);
