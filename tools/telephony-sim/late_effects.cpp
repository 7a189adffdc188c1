#include "tools/telephony-sim/late_effects.h"

#include <chrono>
#include <iostream>

namespace simulator {

namespace {

Json packed(Request const& request)
{
    return {{"method", request.method}, {"path", request.path}, {"query", request.query}, {"body", request.body},
        {"content_type", request.content_type}, {"authorization", request.authorization}, {"api_key", request.api_key}};
}

Request unpacked(Json const& json)
{
    Request request;
    request.method = text_at(json, "method");
    request.path = text_at(json, "path");
    request.query = text_at(json, "query");
    request.body = text_at(json, "body");
    request.content_type = text_at(json, "content_type");
    request.authorization = text_at(json, "authorization");
    request.api_key = text_at(json, "api_key");
    return request;
}

} // namespace

LateEffects::LateEffects(State& state, Journal& journal, std::function<Answer(Request const&)> perform)
    : m_state(state), m_journal(journal), m_perform(std::move(perform))
{
}

void LateEffects::add(Fault const& fault, std::string const& operation, Request const& request, int ms)
{
    m_state.change([&](Database& db) {
        db.run("INSERT INTO late_effects (due, fault_id, operation, request) VALUES ($1, $2, $3, $4)",
            {now_ms() + ms, fault.id, operation, to_text(packed(request))});
    });
    std::lock_guard const lock(m_mutex);
    m_has_news = true;
    m_changed.notify_all();
}

void LateEffects::start()
{
    m_thread = std::thread([this] { run(); });
}

void LateEffects::stop()
{
    {
        std::lock_guard const lock(m_mutex);
        m_stopped = true;
        m_changed.notify_all();
    }
    if (m_thread.joinable()) m_thread.join();
}

void LateEffects::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopped) {
        m_has_news = false;
        lock.unlock();
        if (carry_out_next()) {
            lock.lock();
            continue;
        }
        auto const due = next_due();
        lock.lock();
        auto const awake = [&] { return m_stopped || m_has_news; };
        if (due)
            m_changed.wait_for(lock, std::chrono::milliseconds(*due - now_ms()), awake);
        else
            m_changed.wait(lock, awake);
    }
}

std::optional<int64_t> LateEffects::next_due() const
{
    auto const rows = m_state.look([](Database& db) { return db.run("SELECT due FROM late_effects ORDER BY due LIMIT 1"); });
    if (rows.empty()) return std::nullopt;
    return rows.front().number(0);
}

bool LateEffects::carry_out_next()
{
    auto const rows = m_state.change([](Database& db) {
        return db.run(R"(
            DELETE FROM late_effects WHERE id = (SELECT id FROM late_effects WHERE due <= $1 ORDER BY due, id LIMIT 1)
            RETURNING fault_id, operation, request)",
            {now_ms()});
    });
    if (rows.empty()) return false;
    auto const operation = rows.front().text(1);
    try {
        auto const started = now_ms();
        auto const request = unpacked(Json::parse(rows.front().text(2)));
        auto const done = m_perform(request);
        Answer nobody_hears;
        nobody_hears.is_cut = true;
        nobody_hears.unknown_parameters = done.unknown_parameters;
        m_journal.write(operation.substr(0, operation.find('.')), operation + ".late", request, nobody_hears, started, now_ms() - started,
            {{"id", rows.front().number(0)}, {"kind", "late"}, {"effect", done.status}});
    } catch (std::exception const& error) {
        std::cerr << "telephony-sim: late " << operation << ": " << error.what() << std::endl;
    }
    return true;
}

} // namespace simulator
