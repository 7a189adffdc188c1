#include "edge-server/routes/static_routes.h"
#include "edge-server/http/reply.h"

void add_static_routes(http::Router& router, http::Files const& files, sql::Database& database)
{
    router.add({"GET", "/console"}, [&files](http::Request const& request) { return files.serve(request, "console.html"); });
    router.add({"GET", "/assets/{name...}"},
        [&files](http::Request const& request) { return files.serve(request, "assets/" + request.path_param("name")); });
    router.add({"GET", "/healthz", http::Body::None, 0, http::Lane::Webhook}, [](http::Request const&) {
        return http::json(200, {{"status", "alive"}});
    });
    router.add({"GET", "/readyz", http::Body::None, 0, http::Lane::Webhook}, [&database](http::Request const& request) {
        try {
            database.read(sql::Scope::platform(), [](sql::Reader& db) { return db.run("SELECT 1").size(); });
            return http::json(200, {{"status", "ready"}});
        } catch (sql::Failure const&) {
            return refuse(request, {ErrorKind::Unavailable, "not_ready", "The database cannot be read.", {}, 1});
        }
    });
}
