#include "tools/telephony-sim/courier.h"

#include "tools/telephony-sim/elevenlabs_signature.h"
#include "tools/telephony-sim/mixing.h"
#include "tools/telephony-sim/text.h"
#include "tools/telephony-sim/twilio_webhook.h"
#include "tools/telephony-sim/web_client.h"
#include "tools/telephony-sim/workspace_book.h"

#include <array>
#include <chrono>
#include <iostream>

namespace simulator {

namespace {

constexpr int couriers = 8;
constexpr std::chrono::milliseconds elevenlabs_patience{20'000};
constexpr std::array<int64_t, 5> attempts_at_ms{0, 30'000, 120'000, 480'000, 1'800'000}; // since the first
constexpr int64_t most_jitter_percent = 10;
constexpr int64_t most_pending = 100; // retries of one webhook
constexpr int64_t failures_that_disable = 10;
constexpr int64_t week_ms = 7 * 86'400'000LL;
constexpr int64_t kept_entries = 100'000;
constexpr int64_t longest_between_repeats_ms = 1000;

Fields form_of(Json const& json)
{
    Fields form;
    for (auto const& pair : json)
        form.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
    return form;
}

bool is_elevenlabs(Json const& webhook)
{
    return webhook.contains("webhook_id");
}

} // namespace

struct Courier::Fate {
    bool is_lost = false;
    bool is_repeated = false;
    bool has_wrong_signature = false;
    int64_t delay_ms = 0;
    int64_t repeat_delay_ms = 0;
};

Courier::Courier(State& state, Settings const& settings, Heard heard) : m_state(state), m_settings(settings), m_heard(std::move(heard)) { }

Courier::Fate Courier::fate_of(std::string const& kind)
{
    auto const count = m_state.note([&](Database& db) {
        return db
            .run("INSERT INTO webhook_counts (kind, count) VALUES ($1, 1) ON CONFLICT (kind) DO UPDATE SET count = count + 1 RETURNING "
                 "count",
                {kind})
            .front()
            .number(0);
    });
    auto const stem = std::to_string(m_settings.number("webhook_seed")) + " " + kind + " " + std::to_string(count) + " ";
    auto const part_of = [&](char const* what, int64_t whole) {
        return whole > 0 ? static_cast<int64_t>(mixed(stem + what) % static_cast<uint64_t>(whole)) : 0;
    };
    auto const struck = [&](char const* share) { return part_of(share, 100) < m_settings.number(share); };
    Fate fate;
    fate.is_lost = struck("webhook_loss");
    fate.is_repeated = struck("webhook_repeats");
    fate.has_wrong_signature = struck("webhook_bad_signature");
    if (m_settings.flag("webhook_shuffle")) fate.delay_ms += part_of("shuffle", m_settings.number("webhook_shuffle_ms") + 1);
    if (struck("webhook_late")) fate.delay_ms += m_settings.number("webhook_late_ms");
    fate.repeat_delay_ms = fate.delay_ms + part_of("repeat", longest_between_repeats_ms);
    return fate;
}

Json Courier::bring(Json const& webhook, int64_t delay_ms)
{
    return accept(webhook, delay_ms, true);
}

void Courier::bring_later(Json const& webhook, int64_t delay_ms)
{
    accept(webhook, delay_ms, false);
}

Json Courier::accept(Json const& webhook, int64_t delay_ms, bool at_once)
{
    auto const fate = fate_of(text_at(webhook, "kind"));
    auto fated = webhook;
    fated["attempt"] = 1;
    fated["wrong_signature"] = fate.has_wrong_signature;
    if (fate.is_repeated) put(fated, delay_ms + fate.repeat_delay_ms);
    if (fate.is_lost) {
        Json const result{{"fate", "lost"}};
        note(fated, result);
        return result;
    }
    auto const delay = delay_ms + fate.delay_ms;
    if (delay == 0 && at_once) return try_now(fated);
    put(fated, delay);
    return {{"fate", "waits"}, {"in_ms", delay}};
}

void Courier::put(Json const& webhook, int64_t delay_ms)
{
    m_state.note([&](Database& db) {
        db.run("INSERT INTO deliveries (due, webhook) VALUES ($1, $2)", {now_ms() + delay_ms, to_text(webhook)});
    });
    std::lock_guard const lock(m_mutex);
    ++m_news;
    m_changed.notify_one();
}

Json Courier::try_now(Json webhook)
{
    auto result = is_elevenlabs(webhook) ? try_elevenlabs(webhook) : try_twilio(webhook);
    note(webhook, result);
    return result;
}

Json Courier::try_elevenlabs(Json& webhook)
{
    auto const target = m_state.look([&](Database& db) { return find_webhook(db, text_at(webhook, "webhook_id")); });
    if (!target) return {{"fate", "refused"}, {"error", "the webhook is deleted"}};
    if (target->value("is_disabled", false)) return {{"fate", "refused"}, {"error", "the webhook is disabled"}};

    WebRequest request;
    request.url = text_at(*target, "webhook_url");
    request.body = text_at(webhook, "body");
    request.content_type = "application/json";
    request.patience = elevenlabs_patience;
    request.is_chunked = m_settings.flag("webhook_chunked");
    bool const signs_again = m_settings.text("retry_signature") == "fresh" || !webhook.contains("signed_at");
    if (signs_again) webhook["signed_at"] = now_ms() / 1000 - m_settings.number("signature_age_seconds");
    auto const secret = webhook.value("wrong_signature", false) ? "nobody's secret" : text_at(*target, "webhook_secret");
    request.headers.emplace_back("ElevenLabs-Signature", elevenlabs_signature(secret, webhook["signed_at"].get<int64_t>(), request.body));
    if (auto const& headers = (*target)["request_headers"]; headers.is_object()) {
        for (auto const& [name, value] : headers.items())
            if (value.is_string()) request.headers.emplace_back(name, value.get<std::string>());
    }
    auto const answer = send(request);
    count_answer(webhook, answer.status);
    return {{"fate", answer.status == 200 ? "delivered" : "refused"}, {"url", request.url}, {"status", answer.status},
        {"ms", answer.took_ms}, {"error", answer.error}, {"attempt", webhook["attempt"]}};
}

// Only a 200 is a success. Too many failures without one disable the webhook, and some failures are tried again.
void Courier::count_answer(Json& webhook, int status)
{
    auto const scale = m_settings.factor("retry_scale");
    auto const webhook_id = text_at(webhook, "webhook_id");
    auto const now = now_ms();
    bool const retries = m_state.note([&](Database& db) {
        auto target = find_webhook(db, webhook_id);
        if (!target) return false;
        if (status == 200) {
            (*target)["failures"] = 0;
            (*target)["succeeded_at"] = now;
            save_webhook(db, *target);
            return false;
        }
        auto const failures = target->value("failures", int64_t{0}) + 1;
        (*target)["failures"] = failures;
        (*target)["most_recent_failure_error_code"] = status == 0 ? Json(nullptr) : Json(status);
        (*target)["most_recent_failure_timestamp"] = now / 1000;
        bool const lately = target->contains("succeeded_at")
            && static_cast<double>(now - (*target)["succeeded_at"].get<int64_t>()) < static_cast<double>(week_ms) * scale;
        if (failures >= failures_that_disable && !lately) {
            (*target)["is_disabled"] = true;
            (*target)["is_auto_disabled"] = true;
        }
        save_webhook(db, *target);
        auto const pending = db.run("SELECT COUNT(*) FROM deliveries WHERE json_extract(webhook, '$.webhook_id') = $1"
                                    " AND json_extract(webhook, '$.attempt') > 1",
                                   {webhook_id})
                                 .front()
                                 .number(0);
        bool const may_pass = status == 0 || status == 408 || status == 429 || status >= 500;
        return may_pass && target->value("retry_enabled", false) && pending < most_pending;
    });
    auto const attempt = webhook["attempt"].get<size_t>();
    bool const is_last = attempt >= attempts_at_ms.size();
    if (!retries || is_last || text_at(webhook, "kind") != "post_call_transcription") return;
    auto const wait = attempts_at_ms[attempt] - attempts_at_ms[attempt - 1];
    auto const jitter = static_cast<int64_t>(mixed(text_at(webhook, "subject") + std::to_string(attempt)) % (most_jitter_percent + 1));
    auto again = webhook;
    again["attempt"] = attempt + 1;
    put(again, static_cast<int64_t>(static_cast<double>(wait + wait * jitter / 100) * scale));
}

Json Courier::try_twilio(Json const& webhook)
{
    TwilioWebhook request{
        text_at(webhook, "url"), text_at(webhook, "method"), form_of(webhook["form"]), webhook.value("wrong_signature", false)};
    auto fetched = fetch(request);
    auto attempts = fetched.attempts;
    auto const failed = [&] { return fetched.answer.status < 200 || fetched.answer.status >= 400; };
    auto const fallback = text_at(webhook, "fallback_url");
    if (failed() && !fallback.empty()) {
        request.form.emplace_back("ErrorCode", fetched.answer.is_connected ? "11200" : "11205");
        request.form.emplace_back("ErrorUrl", request.url);
        request.url = fallback;
        request.method = text_at(webhook, "fallback_method");
        fetched = fetch(request);
        attempts.insert(attempts.end(), fetched.attempts.begin(), fetched.attempts.end());
    }
    auto result = attempts.empty() ? Json{{"status", 0}} : attempts.back();
    result["fate"] = failed() ? "refused" : "delivered";
    if (!failed()) result["heard"] = m_heard(webhook, fetched.answer.content_type, fetched.answer.body);
    result["attempts"] = attempts;
    return result;
}

void Courier::note(Json const& webhook, Json const& result)
{
    Json entry{{"time", rfc3339(now_ms())}, {"kind", webhook["kind"]}, {"subject", webhook["subject"]}, {"attempt", webhook["attempt"]},
        {"wrong_signature", webhook["wrong_signature"]}};
    entry.update(result);
    m_state.note([&](Database& db) {
        db.run("INSERT INTO webhook_log (entry) VALUES ($1)", {to_text(entry)});
        db.run("DELETE FROM webhook_log WHERE sequence <= (SELECT MAX(sequence) FROM webhook_log) - $1", {kept_entries});
    });
}

Json Courier::entries_after(int64_t sequence, int64_t limit) const
{
    return m_state.look([&](Database& db) {
        Json out{{"webhooks", Json::array()}, {"last", sequence}, {"waiting", db.run("SELECT COUNT(*) FROM deliveries").front().number(0)}};
        for (auto const& row :
            db.run("SELECT sequence, entry FROM webhook_log WHERE sequence > $1 ORDER BY sequence LIMIT $2", {sequence, limit})) {
            Json entry{{"sequence", row.number(0)}};
            entry.update(Json::parse(row.text(1)));
            out["webhooks"].push_back(std::move(entry));
            out["last"] = row.number(0);
        }
        return out;
    });
}

void Courier::start()
{
    for (int i = 0; i < couriers; ++i)
        m_threads.emplace_back([this] { run(); });
}

void Courier::stop()
{
    {
        std::lock_guard const lock(m_mutex);
        m_stopped = true;
        m_changed.notify_all();
    }
    for (auto& thread : m_threads)
        if (thread.joinable()) thread.join();
}

void Courier::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopped) {
        auto const news = m_news;
        lock.unlock();
        if (carry_out_next()) {
            lock.lock();
            continue;
        }
        auto const rows = m_state.look([](Database& db) { return db.run("SELECT due FROM deliveries ORDER BY due LIMIT 1"); });
        lock.lock();
        auto const awake = [&] { return m_stopped || m_news != news; };
        if (rows.empty())
            m_changed.wait(lock, awake);
        else
            m_changed.wait_for(lock, std::chrono::milliseconds(rows.front().number(0) - now_ms()), awake);
    }
}

bool Courier::carry_out_next()
{
    bool const some_due
        = m_state.look([](Database& db) { return !db.run("SELECT 1 FROM deliveries WHERE due <= $1 LIMIT 1", {now_ms()}).empty(); });
    if (!some_due) return false;
    auto const rows = m_state.note([](Database& db) {
        return db.run(
            "DELETE FROM deliveries WHERE id = (SELECT id FROM deliveries WHERE due <= $1 ORDER BY due, id LIMIT 1) RETURNING webhook",
            {now_ms()});
    });
    if (rows.empty()) return true; // another courier has it
    try {
        try_now(Json::parse(rows.front().text(0)));
    } catch (std::exception const& error) {
        std::cerr << "telephony-sim: a webhook: " << error.what() << std::endl;
    }
    return true;
}

} // namespace simulator
