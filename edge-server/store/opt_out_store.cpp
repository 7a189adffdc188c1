#include "edge-server/store/opt_out_store.h"

bool is_opted_out(sql::Reader& db, std::string const& organization_id, std::string const& our_number, std::string const& customer_number)
{
    auto const rows = db.run(R"(
        SELECT kind FROM opt_outs WHERE customer_number = $1 AND our_number = $2 AND organization_id = $3 ORDER BY at DESC LIMIT 1)",
        {customer_number, our_number, organization_id});
    return !rows.empty() && rows.front().text(0) == "stop";
}
