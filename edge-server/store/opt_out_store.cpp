#include "edge-server/store/opt_out_store.h"
#include "edge-server/store/inbox_store.h"
#include "edge-server/store/lead_store.h"
#include "shared/base/id.h"
#include "shared/base/json.h"
#include "shared/domain/opt_out_words.h"

#include <algorithm>
#include <map>

namespace {

std::optional<std::string> none_if_empty(std::string const& text)
{
    return text.empty() ? std::nullopt : std::optional(text);
}

OptOut to_opt_out(sql::Row const& row)
{
    return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.time(8),
        row.time(9), static_cast<int>(row.integer(10))};
}

std::vector<OptOut> to_opt_outs(sql::Rows const& rows)
{
    std::vector<OptOut> list;
    for (auto const& row : rows)
        list.push_back(to_opt_out(row));
    return list;
}

// The last STOP and the last START that counts: one whose time is Twilio's, because a late one could belong before the STOP.
struct LastWords {
    OptOut const* stop = nullptr;
    Time start;

    void add(OptOut const& word)
    {
        if (word.kind == "stop" && (!stop || word.at > stop->at)) stop = &word;
        if (word.kind == "start" && !word.ask_at) start = std::max(start, word.at);
    }
    bool blocks() const { return stop && start <= stop->at; } // of the same second: Twilio's clock does not tell which was first
};

// A text of this pair that is not processed yet, or could not be, and says STOP.
std::optional<OptOut> unprocessed_stop(sql::Reader& db, std::string const& our_number, std::string const& customer_number)
{
    for (auto const& row : db.run("SELECT id FROM webhook_inbox WHERE state IN ('waiting', 'failed') AND subject = $1 ORDER BY id DESC",
             {customer_number + '>' + our_number})) {
        auto const item = find_inbox_item(db, row.text(0)).value();
        auto const fields = Json::parse(item.body, nullptr, false);
        auto const words = text_of(fields, "Body");
        if (text_of(fields, "OptOutType") == "STOP" || opt_out_word(words) == OptOutWord::Stop)
            return OptOut{{}, {}, {}, our_number, customer_number, "stop", words, text_of(fields, "MessageSid"), item.received_at};
    }
    return {};
}

} // namespace

void record_opt_out(sql::Writer& db, OptOut const& opt_out)
{
    db.run(R"(
        INSERT INTO opt_outs (id, organization_id, phone_number_id, our_number, customer_number, kind, words, message_sid, at, ask_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $10 > 0 THEN $10 END) ON CONFLICT (message_sid) DO NOTHING)",
        {new_id(), none_if_empty(opt_out.organization_id), none_if_empty(opt_out.phone_number_id), opt_out.our_number,
            opt_out.customer_number, opt_out.kind, opt_out.words, opt_out.message_sid, opt_out.at, opt_out.ask_at});
}

std::optional<OptOut> find_stop(
    sql::Reader& db, std::string const& organization_id, std::string const& our_number, std::string const& customer_number)
{
    if (auto const stop = unprocessed_stop(db, our_number, customer_number)) return stop;
    auto const words = to_opt_outs(db.run(R"(
        SELECT id, organization_id, phone_number_id, our_number, customer_number, kind, words, message_sid, at, ask_at, asked
        FROM opt_outs
        WHERE customer_number = $1
          AND (our_number = $2 OR organization_id = $3
               OR organization_id IN (SELECT other.id FROM organizations own JOIN organizations other ON other.group_id = own.group_id
                                      WHERE own.id = $3 AND own.shares_opt_outs = 1)))",
        {customer_number, our_number, organization_id}));
    LastWords own;
    std::map<std::string, LastWords> others; // of the group, by their number: only a START there, or a later one here, undoes those
    for (auto const& word : words)
        if (word.our_number == our_number || word.organization_id == organization_id)
            own.add(word);
        else
            others[word.our_number].add(word);
    if (own.blocks()) return *own.stop;
    for (auto const& [number, last] : others)
        if (last.blocks() && own.start <= last.stop->at) return *last.stop;
    return {};
}

bool is_opted_out(sql::Reader& db, std::string const& organization_id, std::string const& our_number, std::string const& customer_number)
{
    return find_stop(db, organization_id, our_number, customer_number).has_value();
}

void refresh_opted_out(
    sql::Writer& db, std::string const& organization_id, std::string const& our_number, std::string const& customer_number)
{
    auto const concerned = organization_id.empty() ? db.run(R"(
        SELECT l.id, l.organization_id, $1 FROM organizations o JOIN leads l ON l.organization_id = o.id AND l.phone_number = $2
        WHERE NOT EXISTS (SELECT 1 FROM phone_numbers n WHERE n.organization_id = o.id AND n.is_active = 1 AND n.released_at IS NULL))",
                               {our_number, customer_number})
                                                   : db.run(R"(
        SELECT l.id, l.organization_id, COALESCE(n.phone_number, '') FROM organizations o
        JOIN leads l ON l.organization_id = o.id AND l.phone_number = $1
        LEFT JOIN phone_numbers n ON n.organization_id = o.id AND n.released_at IS NULL
        WHERE o.id = $2 OR (o.shares_opt_outs = 1 AND o.group_id = (SELECT group_id FROM organizations WHERE id = $2)))",
                                                       {customer_number, organization_id});
    for (auto const& lead : concerned)
        set_opted_out(db, lead.text(0), is_opted_out(db, lead.text(1), lead.text(2), customer_number));
}

std::vector<OptOut> opt_outs_to_ask(sql::Reader& db, Time present, int limit)
{
    return to_opt_outs(db.run(R"(
        SELECT id, organization_id, phone_number_id, our_number, customer_number, kind, words, message_sid, at, ask_at, asked
        FROM opt_outs WHERE ask_at IS NOT NULL AND ask_at <= $1 ORDER BY ask_at LIMIT $2)",
        {present, limit}));
}

std::optional<Time> next_opt_out_to_ask(sql::Reader& db)
{
    auto const rows = db.run("SELECT ask_at FROM opt_outs WHERE ask_at IS NOT NULL ORDER BY ask_at LIMIT 1");
    return rows.empty() ? std::nullopt : std::optional(rows.front().time(0));
}

void set_opt_out_time(sql::Writer& db, OptOut const& opt_out, Time at)
{
    db.run("UPDATE opt_outs SET at = $1, ask_at = NULL WHERE id = $2", {at, opt_out.id});
    refresh_opted_out(db, opt_out.organization_id, opt_out.our_number, opt_out.customer_number);
}

void ask_opt_out_later(sql::Writer& db, std::string const& id, Time ask_at)
{
    db.run("UPDATE opt_outs SET ask_at = $1, asked = asked + 1 WHERE id = $2", {ask_at, id});
}
