#include "edge-server/services/drift.h"
#include "edge-server/config.h"
#include "edge-server/services/agent_doctor.h"
#include "edge-server/services/retrying.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/base/id.h"
#include "shared/base/text.h"
#include "shared/domain/area_codes.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace {

constexpr std::size_t foreign_shown = 200;
constexpr std::size_t findings_limit = 5000;
constexpr std::int64_t late_seconds = 24 * 3600; // after the day of a release
constexpr auto subject = "drift"; // of the notification

Error refused_by(ProviderClient const& provider, ProviderAnswer const& answer)
{
    return {ErrorKind::Unavailable, "provider_failed", quoted(provider.name(), answer), {}, 10};
}

Error under_way()
{
    return {ErrorKind::Conflict, "under_way", "The books are being compared at this moment. Try again in a moment."};
}

bool same(Line const& before, Line const& after)
{
    return before.number.state == after.number.state && before.number.elevenlabs_phone_id == after.number.elevenlabs_phone_id
        && before.number.twilio_sid == after.number.twilio_sid && before.organization_state == after.organization_state
        && before.run_state == after.run_state;
}

bool stands_still(Line const& line)
{
    bool const runs
        = line.run_state != "done" && line.run_state != "held" && line.run_state != "needs_attention" && !line.run_state.empty();
    return !runs && !(line.work_due_at && line.work_due_at <= now()) && line.number.state != "releasing";
}

} // namespace

// What both sides say at about the same time.
struct Drift::Books {
    std::unordered_map<std::string, TwilioNumber> at_twilio; // by SID
    std::multimap<std::string, ImportedNumber> imports; // by number
    std::vector<Line> steady; // our lines that did not change while the vendors' books were read
    std::set<std::string> known_sids; // of any line of ours, steady or not
    std::set<std::string> known_numbers;
};

struct Drift::Comparison {
    std::vector<DriftFinding> findings;
    DriftLook look;

    void add(DriftFinding finding)
    {
        if (findings.size() < findings_limit) findings.push_back(std::move(finding));
    }
};

Drift::Drift(sql::Database& database, Config const& config, std::string installation_id, Provisioning& provisioning, TwilioClient& twilio,
    ElevenLabsClient* elevenlabs)
    : m_database(database), m_config(config), m_mark("dealerline:" + std::move(installation_id) + ':'), m_provisioning(provisioning),
      m_twilio(twilio), m_elevenlabs(elevenlabs)
{
}

// --- looking ---

Outcome Drift::look()
{
    std::unique_lock const lock(m_looking, std::try_to_lock);
    if (!lock) return under_way();
    auto const found = compare();
    if (!found) {
        m_database.write(sql::Scope::platform(), [&](sql::Writer& db) { note_failed_look(db, now(), found.error().message); });
        return found.error();
    }
    keep(*found);
    return Nothing{};
}

Result<Drift::Books> Drift::read_books()
{
    auto const lines = [&] { return m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return list_owned_lines(db); }); };
    std::unordered_map<std::string, Line> earlier; // by number's id
    for (auto& line : lines()) {
        auto id = line.number.id;
        earlier.emplace(std::move(id), std::move(line));
    }
    Books books;
    auto numbers = m_twilio.list_numbers();
    if (!numbers.answer) return refused_by(m_twilio.provider(), numbers.answer);
    for (auto& number : numbers.value)
        books.at_twilio.emplace(number.sid, std::move(number));
    if (m_elevenlabs) {
        auto imports = m_elevenlabs->list_numbers();
        if (!imports.answer) return refused_by(m_elevenlabs->provider(), imports.answer);
        for (auto& import : imports.value)
            books.imports.emplace(import.phone_number, std::move(import));
    }
    for (auto& line : lines()) {
        books.known_sids.insert(line.number.twilio_sid);
        books.known_numbers.insert(line.number.phone_number);
        auto const known = earlier.find(line.number.id);
        if (known != earlier.end() && same(known->second, line) && stands_still(line)) books.steady.push_back(std::move(line));
    }
    return books;
}

Result<Drift::Comparison> Drift::compare()
{
    Comparison found;
    auto const books = read_books();
    if (!books) return books.error();
    for (auto const& line : books->steady) {
        auto const& number = line.number;
        auto const at_twilio = books->at_twilio.find(number.twilio_sid);
        if (at_twilio != books->at_twilio.end())
            compare_line(found, line, at_twilio->second);
        else {
            auto const moved = std::find_if(books->at_twilio.begin(), books->at_twilio.end(), [&](auto const& entry) {
                return entry.second.phone_number == number.phone_number && entry.second.friendly_name == m_provisioning.tag_of(line.run_id);
            });
            if (moved != books->at_twilio.end())
                found.add({"sid_changed", number.twilio_sid, number.phone_number, number.organization_id,
                    number.phone_number + " has another id at Twilio: " + moved->first + '.', "Write Twilio's id into our books.", {}});
            else
                found.add({"gone_at_twilio", number.twilio_sid, number.phone_number, number.organization_id,
                    "Twilio no longer has " + number.phone_number + ", which " + line.organization_name + " counts on.", {},
                    "Find out in Twilio's console who released it. The dealership needs another number."});
        }
        compare_import(found, *books, line);
        bool const overdue = line.organization_state == "closed" && line.release_at.plus_seconds(late_seconds) < now();
        if (overdue)
            found.add({"closed_but_owned", number.twilio_sid, number.phone_number, number.organization_id,
                line.organization_name + " is closed, but " + number.phone_number + " is not released.", "Release it now.", {}});
    }
    compare_strays(found, *books);
    compare_agent(found);
    found.look.looked_at = now();
    found.look.at_twilio = static_cast<std::int64_t>(books->at_twilio.size());
    found.look.at_elevenlabs = static_cast<std::int64_t>(books->imports.size());
    return found;
}

void Drift::compare_line(Comparison& found, Line const& line, TwilioNumber const& at_twilio) const
{
    auto const& number = line.number;
    auto const wanted = m_provisioning.urls();
    auto const tag = m_provisioning.tag_of(line.run_id);
    bool const marked = at_twilio.friendly_name == tag;
    auto const add = [&](char const* kind, std::string message, std::string repair) {
        auto next_step = marked ? std::string() : "Put the mark back first: set its friendly name at Twilio to " + tag + '.';
        found.add({kind, number.twilio_sid, number.phone_number, number.organization_id, std::move(message),
            marked ? std::move(repair) : std::string(), std::move(next_step)});
    };
    if (!marked && at_twilio.friendly_name.starts_with("dealerline:"))
        add("tag_foreign", number.phone_number + " carries another line's mark at Twilio.", {});
    else if (!marked)
        add("tag_missing", number.phone_number + " does not carry our mark at Twilio.", {});

    if (is_elevenlabs_url(at_twilio.sms_url))
        add("sms_taken", "Texts to " + number.phone_number + " go to ElevenLabs.", "Set the number's texts to come to us.");
    else if (at_twilio.sms_url != wanted.sms)
        add("sms_url", "Texts to " + number.phone_number + " do not come to us.", "Set the number's texts to come to us.");
    if (at_twilio.sms_fallback_url != wanted.sms_fallback)
        add("sms_fallback", "The fallback for texts to " + number.phone_number + " is not ours.", "Set the number's fallback for texts.");
    if (at_twilio.voice_fallback_url != wanted.voice_fallback)
        add("voice_fallback", "The fallback for calls to " + number.phone_number + " is not ours.", "Set the number's fallback for calls.");
    if (number.state == "active" && !is_elevenlabs_url(at_twilio.voice_url))
        add("voice_url", "Calls to " + number.phone_number + " do not go to ElevenLabs.",
            line.voice_url.empty() ? std::string() : std::string("Set the number's calls to go to ElevenLabs."));
    if (number.state == "suspended" && at_twilio.voice_url != wanted.voice)
        add("voice_url_suspended", "Calls to " + number.phone_number + " do not come to us, although its organisation is off.",
            "Set the number's calls to come to us.");
    bool const texts = number.sms_status != "unavailable";
    if (texts != at_twilio.can_text)
        add("sms_capability",
            number.phone_number + (at_twilio.can_text ? " can text, but our books say that it cannot." : " cannot text any more."),
            "Correct our books.");
}

void Drift::compare_import(Comparison& found, Books const& books, Line const& line) const
{
    auto const& number = line.number;
    if (!m_elevenlabs || (number.state != "active" && number.state != "suspended")) return;
    auto const [first, last] = books.imports.equal_range(number.phone_number);
    auto const ours
        = std::find_if(first, last, [&](auto const& entry) { return entry.second.phone_number_id == number.elevenlabs_phone_id; });
    auto const add = [&](char const* kind, std::string what, std::string message, std::string repair) {
        found.add({kind, std::move(what), number.phone_number, number.organization_id, std::move(message), std::move(repair), {}});
    };
    if (first == last)
        return add("import_missing", number.twilio_sid, number.phone_number + " is not imported into ElevenLabs any more.",
            "Import it again and check the line.");
    if (ours == last) {
        auto const& id = first->second.phone_number_id;
        add("import_changed", number.twilio_sid, number.phone_number + " has another phone id at ElevenLabs: " + id + '.',
            "Write ElevenLabs' phone id into our books.");
    }
    auto const& kept = ours == last ? first->second : ours->second;
    for (auto at = first; at != last; ++at)
        if (at->second.phone_number_id != kept.phone_number_id)
            add("import_doubled", at->second.phone_number_id,
                number.phone_number + " is imported twice; the second phone id is " + at->second.phone_number_id + '.',
                "Delete the second import.");
    if (kept.agent_id.empty())
        add("agent_missing", kept.phone_number_id, "No agent answers " + number.phone_number + '.', "Assign our agent.");
    else if (kept.agent_id != m_config.elevenlabs_agent_id)
        add("agent_wrong", kept.phone_number_id, "Another agent answers " + number.phone_number + ": " + kept.agent_id + '.',
            "Assign our agent.");
}

// What the vendors have and our books do not.
void Drift::compare_strays(Comparison& found, Books const& books)
{
    std::size_t foreign = 0;
    for (auto const& [sid, number] : books.at_twilio) {
        if (books.known_sids.contains(sid) || number.phone_number == m_config.default_number) continue;
        if (!is_ours(number.friendly_name)) {
            ++found.look.not_ours;
            if (foreign++ < foreign_shown)
                found.add({"not_ours", sid, number.phone_number, {},
                    number.phone_number + " is in the same Twilio account without our mark.", {}, "Nothing: it is never touched."});
            continue;
        }
        auto const run = run_of_tag(number.friendly_name);
        if (run && run->is_running()) continue; // it is being bought
        if (run && has_number(*run, number.phone_number)) continue; // a line under another SID, and named as that
        auto const organization = run
            ? m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return find_organization(db, run->organization_id); })
            : std::nullopt;
        found.add({"orphan", sid, number.phone_number, run ? run->organization_id : std::string(),
            number.phone_number + " is paid for and used by no organisation"
                + (organization ? "; it was bought for " + organization->organization.name + '.' : "."),
            {}, "Adopt it or release it."});
    }
    for (auto const& [e164, import] : books.imports) {
        if (books.known_numbers.contains(e164)) continue;
        bool const is_at_twilio = std::any_of(
            books.at_twilio.begin(), books.at_twilio.end(), [&](auto const& entry) { return entry.second.phone_number == e164; });
        bool const was_ours
            = m_database.read(sql::Scope::platform(), [&, &number = e164](sql::Reader& db) { return was_owned(db, number); });
        if (is_at_twilio || !was_ours) continue; // an orphan is named already; others' imports are theirs
        found.add({"import_orphan", import.phone_number_id, e164, {}, "ElevenLabs still has " + e164 + ", which was released.",
            "Delete the import.", {}});
    }
}

void Drift::compare_agent(Comparison& found)
{
    if (!m_elevenlabs) return;
    auto const agent = check_agent(*m_elevenlabs, m_config);
    if (agent.failure)
        return found.add({"agent_unreadable", m_config.elevenlabs_agent_id, {}, {}, quoted("ElevenLabs", *agent.failure), {},
            "Check the agent's id and the API key's rights."});
    for (auto const& finding : agent.findings)
        found.add({"agent_settings", sha256_hex(finding).substr(0, 12), {}, {}, finding, "Set the agent as assets/agent.json has it.", {}});
}

void Drift::keep(Comparison const& found)
{
    std::set<std::string> orphans;
    std::size_t differences = 0;
    for (auto const& finding : found.findings) {
        if (finding.kind == "orphan")
            orphans.insert(finding.subject);
        else if (finding.kind != "not_ours")
            ++differences;
    }
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        replace_drift(db, found.findings, found.look);
        if (differences > 0)
            put_notification(db,
                {new_id(), "drift_found", subject, {}, {}, {},
                    differences == 1 ? std::string("One thing differs between our books and the vendors'")
                                     : std::to_string(differences) + " things differ between our books and the vendors'",
                    "The last look at Twilio and ElevenLabs found them.", "Open Drift, read the plan, and repair what it names.", "pending",
                    now(), {}});
        else
            resolve_notifications_about(db, subject);
        for (auto const& finding : found.findings)
            if (finding.kind == "orphan")
                put_notification(db,
                    {new_id(), "orphan_number", finding.subject, finding.organization_id, {}, finding.phone_number,
                        finding.phone_number + " is paid for and used by nobody", finding.message,
                        "Adopt it for an organisation, or release it.", "pending", now(), {}});
        resolve_orphan_notifications(db, orphans);
    });
}

// --- repairing ---

Result<std::vector<Drift::Repaired>> Drift::repair(std::span<std::string const> ids, std::string const& actor)
{
    if (m_config.is_live_by_mistake())
        return Error{ErrorKind::Conflict, "live_by_mistake",
            "This installation uses a vendor's real address, but its public URL cannot be reached from there. Nothing is repaired."};
    std::unique_lock const lock(m_looking, std::try_to_lock);
    if (!lock) return under_way();
    auto const fresh = compare();
    if (!fresh) return fresh.error();
    std::vector<Repaired> results;
    for (auto const& id : ids) {
        auto const finding
            = std::find_if(fresh->findings.begin(), fresh->findings.end(), [&](auto const& known) { return known.id() == id; });
        if (finding == fresh->findings.end()) {
            results.push_back({id, "It is right already.", {}});
            continue;
        }
        auto const mended = finding->repair.empty() ? Result<std::string>(Error{ErrorKind::Conflict, "needs_a_human", finding->next_step})
                                                    : mend(*finding, actor);
        results.push_back({id, mended ? *mended : std::string(), mended ? std::string() : mended.error().message});
    }
    if (auto const after = compare())
        keep(*after);
    else
        keep(*fresh);
    return results;
}

Result<std::string> Drift::mend(DriftFinding const& finding, std::string const& actor)
{
    auto const& kind = finding.kind;
    auto const line = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) -> std::optional<Line> {
        auto const number = find_owned_number(db, finding.phone_number);
        return number ? find_line(db, number->id) : std::nullopt;
    });
    auto const in_books = [&](auto&& change) {
        m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
            change(db);
            append_audit(db, {finding.organization_id, actor, "drift_repaired", finding.id(), finding.message}, sha256_hex);
        });
    };
    auto const asked = [&](ProviderClient const& provider, ProviderAnswer const& answer) -> Result<std::string> {
        if (!answer) return refused_by(provider, answer);
        in_books([](sql::Writer&) {});
        return finding.repair;
    };
    auto const urls = m_provisioning.urls();

    if (kind == "agent_settings") {
        auto const repair = repair_agent(*m_elevenlabs, m_config);
        if (repair.failure) return refused_by(m_elevenlabs->provider(), *repair.failure);
        if (!repair.new_webhook_secret.empty() && repair.new_webhook_secret != current_secret(m_config.elevenlabs_webhook_secret))
            return Error{ErrorKind::Conflict, "needs_a_human", "Run dealerline-edge doctor --fix: it shows the new webhook's secret."};
        in_books([](sql::Writer&) {});
        return finding.repair;
    }
    if (kind == "import_orphan") {
        auto answer = m_elevenlabs->remove_number(finding.subject);
        if (answer.status == 404) answer.ending = Ending::Done;
        return asked(m_elevenlabs->provider(), answer);
    }
    if (!line) return Error{ErrorKind::Conflict, "gone", "The number is no longer in our books."};
    if (kind == "sid_changed") {
        auto const there = m_twilio.find_by_tag(m_provisioning.tag_of(line->run_id));
        if (!there.answer) return refused_by(m_twilio.provider(), there.answer);
        if (there.value.size() != 1 || there.value.front().phone_number != line->number.phone_number)
            return Error{ErrorKind::Conflict, "needs_a_human", "Several numbers carry this line's mark. Look in Twilio's console."};
        in_books([&](sql::Writer& db) { set_twilio_sid(db, line->number.id, there.value.front().sid); });
        return finding.repair;
    }
    if (kind == "import_doubled") {
        auto answer = m_elevenlabs->remove_number(finding.subject);
        if (answer.status == 404) answer.ending = Ending::Done;
        return asked(m_elevenlabs->provider(), answer);
    }
    if (kind == "agent_missing" || kind == "agent_wrong")
        return asked(m_elevenlabs->provider(), m_elevenlabs->assign_agent(finding.subject, m_config.elevenlabs_agent_id).answer);
    if (kind == "import_changed") {
        auto const imports = m_elevenlabs->list_numbers();
        if (!imports.answer) return refused_by(m_elevenlabs->provider(), imports.answer);
        for (auto const& import : imports.value)
            if (import.phone_number == line->number.phone_number) {
                in_books([&](sql::Writer& db) { set_number_import(db, line->number.id, import.phone_number_id, import.agent_id); });
                return finding.repair;
            }
        return Error{ErrorKind::Conflict, "gone", "ElevenLabs has no import of it any more."};
    }
    if (kind == "import_missing") {
        in_books([&](sql::Writer& db) {
            set_number_import(db, line->number.id, {}, {});
            if (line->organization_state != "open") return;
            auto run = find_run(db, line->run_id);
            run->state = "importing";
            run->elevenlabs_phone_id.clear();
            run->attempts = 0;
            run->due_at = now();
            update_run(db, *run);
        });
        m_provisioning.wake();
        return finding.repair;
    }
    if (kind == "sms_capability") {
        in_books([&](sql::Writer& db) {
            bool const works = line->number.sms_status == "unavailable";
            auto const [status, reason] = sms_status_of(line->number.phone_number, works);
            set_sms_status(db, line->number.id, status, reason);
        });
        return finding.repair;
    }
    if (kind == "closed_but_owned") {
        in_books([&](sql::Writer& db) { set_line_work(db, line->number.id, now(), 0); });
        return finding.repair;
    }
    if (kind == "voice_url" || kind == "voice_url_suspended") {
        // The line may have changed hands since it was looked at.
        auto const& voice_url = line->number.state == "suspended" ? urls.voice : line->voice_url;
        return asked(m_twilio.provider(), m_twilio.set_voice_url(finding.subject, voice_url).answer);
    }
    return asked(m_twilio.provider(), m_twilio.set_urls(finding.subject, urls).answer); // texts and fallbacks
}

// --- orphans ---

// A number with our mark that none of our lines is; looked up now, not remembered.
Result<TwilioNumber> Drift::fetch_orphan(std::string const& twilio_sid)
{
    if (m_config.is_live_by_mistake())
        return Error{ErrorKind::Conflict, "live_by_mistake", "The public URL cannot be reached by the vendors. Nothing is changed there."};
    auto const number = m_twilio.fetch(twilio_sid);
    if (number.answer.status == 404) return Error{ErrorKind::NotFound, "not_found", "Twilio has no such number any more."};
    if (!number.answer) return refused_by(m_twilio.provider(), number.answer);
    if (!is_ours(number.value.friendly_name))
        return Error{ErrorKind::Conflict, "not_ours", "The number does not carry this installation's mark. It is not touched."};
    auto const run = run_of_tag(number.value.friendly_name);
    bool const owned = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) {
        auto const known = find_number_by_sid(db, twilio_sid);
        return known && known->state != "released";
    });
    if (owned || (run && (run->is_running() || has_number(*run, number.value.phone_number))))
        return Error{ErrorKind::Conflict, "in_use", "The number belongs to an organisation."};
    return number.value;
}

Outcome Drift::adopt_orphan(std::string const& twilio_sid, std::string const& organization_id, std::string const& actor)
{
    std::unique_lock const lock(m_looking, std::try_to_lock);
    if (!lock) return under_way();
    auto const orphan = fetch_orphan(twilio_sid);
    if (!orphan) return orphan.error();
    auto const named = run_of_tag(orphan->friendly_name);
    auto const chosen = organization_id.empty() && named ? named->organization_id : organization_id;
    if (chosen.empty()) return Error{ErrorKind::Invalid, "required", "Say which organisation gets the number.", "organization_id"};
    auto const is_free = [&](sql::Reader& db) -> Outcome {
        auto const organization = find_organization(db, chosen);
        if (!organization) return Error{ErrorKind::NotFound, "not_found", "There is no such organisation.", "organization_id"};
        auto const run = find_run_of(db, chosen);
        if (organization->organization.state != "open" || !run)
            return Error{ErrorKind::Conflict, "not_open", "The organisation is not open.", "organization_id"};
        if (run->is_running() || !run->phone_number_id.empty())
            return Error{
                ErrorKind::Conflict, "has_number", "The organisation has a number, or gets one at this moment.", "organization_id"};
        return Nothing{};
    };
    if (auto const free = m_database.read(sql::Scope::platform(), is_free); !free) return free.error();
    auto const run = *m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return find_run_of(db, chosen); });
    auto const tag = m_provisioning.tag_of(run.id);
    if (orphan->friendly_name != tag) {
        auto const marked = m_twilio.set_tag(twilio_sid, tag);
        if (!marked.answer) return refused_by(m_twilio.provider(), marked.answer);
    }
    auto const adopted = m_database.write(sql::Scope::platform(), [&](sql::Writer& db) -> Outcome {
        if (auto const free = is_free(db); !free) return free.error();
        if (!Provisioning::adopt_for(db, run.id, *orphan, m_twilio.account_sid()))
            return Error{ErrorKind::Conflict, "in_use", "The number is in our books already."};
        resolve_notifications_about(db, twilio_sid);
        append_audit(db, {chosen, actor, "orphan_adopted", twilio_sid, orphan->phone_number}, sha256_hex);
        return Nothing{};
    });
    if (adopted) m_provisioning.wake();
    return adopted;
}

Outcome Drift::release_orphan(std::string const& twilio_sid, std::string const& typed, std::string const& actor)
{
    std::unique_lock const lock(m_looking, std::try_to_lock);
    if (!lock) return under_way();
    auto const orphan = fetch_orphan(twilio_sid);
    if (!orphan) return orphan.error();
    if (typed != orphan->phone_number)
        return Error{ErrorKind::Invalid, "wrong_number", "Type " + orphan->phone_number + " to release it.", "phone_number"};
    // On record before the request leaves: who gave away what.
    m_database.write(sql::Scope::platform(), [&](sql::Writer& db) {
        append_audit(db, {{}, actor, "orphan_release", twilio_sid, orphan->phone_number}, sha256_hex);
    });
    if (m_elevenlabs) {
        auto const imports = m_elevenlabs->list_numbers();
        if (!imports.answer) return refused_by(m_elevenlabs->provider(), imports.answer);
        for (auto const& import : imports.value) {
            if (import.phone_number != orphan->phone_number) continue;
            auto const removed = m_elevenlabs->remove_number(import.phone_number_id);
            if (!removed && removed.status != 404) return refused_by(m_elevenlabs->provider(), removed);
        }
    }
    auto const released = m_twilio.release(twilio_sid);
    if (!released && released.status != 404) return refused_by(m_twilio.provider(), released);
    auto const after = compare();
    if (after) keep(*after);
    return Nothing{};
}

bool Drift::is_ours(std::string const& tag) const
{
    return tag.starts_with(m_mark);
}

bool Drift::has_number(ProvisioningRun const& run, std::string const& phone_number)
{
    auto const owned = m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return find_owned_number(db, phone_number); });
    return owned && owned->id == run.phone_number_id;
}

std::optional<ProvisioningRun> Drift::run_of_tag(std::string const& tag)
{
    auto id = tag.substr(m_mark.size());
    if (id.size() != 32) return {};
    for (auto const at : {8U, 13U, 18U, 23U})
        id.insert(at, 1, '-');
    return m_database.read(sql::Scope::platform(), [&](sql::Reader& db) { return find_run(db, id); });
}
