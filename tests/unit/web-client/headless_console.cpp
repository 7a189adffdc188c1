#include "tests/unit/web-client/headless_console.h"

#include <map>

using console::Role;

static void destroy(ImTextureData& texture)
{
    texture.SetTexID(ImTextureID_Invalid);
    texture.SetStatus(ImTextureStatus_Destroyed);
}

HeadlessConsole::HeadlessConsole(Place place, ImVec2 size) : m_place(place)
{
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DisplaySize = size;
    io.DeltaTime = 1.0f / 60.0f;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
    app.record_texts(&drawn);
    app.start(*this);
}

HeadlessConsole::~HeadlessConsole()
{
    for (ImTextureData* texture : ImGui::GetPlatformIO().Textures)
        destroy(*texture);
    ImGui::DestroyContext();
}

void HeadlessConsole::frames(int count)
{
    for (; count > 0; --count) {
        ImGui::NewFrame();
        app.draw();
        ImGui::Render();
        for (ImTextureData* texture : *ImGui::GetDrawData()->Textures) {
            if (texture->Status == ImTextureStatus_WantDestroy) {
                destroy(*texture);
            } else if (texture->Status != ImTextureStatus_OK) {
                texture->SetTexID(1);
                texture->SetStatus(ImTextureStatus_OK);
            }
        }
    }
}

void HeadlessConsole::answer(int status, std::string body)
{
    auto const oldest = sent.front();
    sent.pop_front();
    oldest.on_reply({status, std::move(body)});
    frames();
}

void HeadlessConsole::begin_signed_out()
{
    answer(401, R"({"error":{"code":"unauthorized","message":"Sign in first."}})");
}

console::MirrorNode const* HeadlessConsole::find(Role role, std::string const& text)
{
    std::string field;
    for (auto const& node : app.mirror().nodes()) {
        if (node.role == role && (!node.label.empty() ? node.label : !node.text.empty() ? node.text : node.title) == text) return &node;
        if (node.role == Role::Label && node.text == text) field = node.target;
        if (role == Role::Textbox && !field.empty() && node.key == field) return &node;
    }
    return nullptr;
}

bool HeadlessConsole::says(std::string const& text)
{
    for (auto const& node : app.mirror().nodes())
        if (node.text == text) return true;
    return false;
}

void HeadlessConsole::type(std::string const& label, std::string text)
{
    app.on_mirror_event({platform::MirrorEvent::Kind::Typed, find(Role::Textbox, label)->key, std::move(text)});
    frames();
}

void HeadlessConsole::press(std::string const& name)
{
    app.on_mirror_event({platform::MirrorEvent::Kind::Pressed, find(Role::Button, name)->key, {}});
    frames();
}

void HeadlessConsole::go(std::string const& to, bool replace)
{
    if (!replace) history.emplace_back();
    history.back() = {to, ""};
    app.on_address();
}

void HeadlessConsole::go_back()
{
    history.pop_back();
    app.on_address();
}

static std::string name_of(int i, std::string const& name_of_first)
{
    return i == 0 ? name_of_first : "Dealer " + std::to_string(i) + " Motors";
}

static std::string organization(int i, std::string const& first)
{
    static char const* const states[] = {"active", "needs_attention", "provisioning", "held", "suspended", "active", "active"};
    auto const n = std::to_string(i);
    auto const* state = states[i % 7];
    auto const number = i % 7 == 3 ? std::string("null") : "\"+1604555" + std::to_string(1000 + i) + "\"";
    return R"({"id":"o)" + n + R"(","name":")" + name_of(i, first) + R"(","slug":"dealer-)" + n + R"(","email":"owner)" + n
        + R"(@example.com","time_zone":"America/Vancouver","state":"open","status":")" + state + R"(","phone_number":)" + number
        + R"(,"place":"Vancouver","cause":null,"created_at":"2026-11-)" + (i % 18 < 9 ? "0" : "") + std::to_string(i % 18 + 1)
        + R"(T10:00:00Z"})";
}

static std::string number_of(int i, std::string const& first)
{
    auto const n = std::to_string(i);
    return R"({"id":"n)" + n + R"(","organization_id":"o)" + n + R"(","organization_name":")" + name_of(i, first)
        + R"(","phone_number":"+1604555)" + std::to_string(1000 + i)
        + R"(","state":"active","state_reason":null,"is_active":true,"sms_status":"needs_registration","sms_reason":"Texts wait for the A2P registration of this number.","twilio_sid":"PN0123456789abcdef0123456789abcdef","elevenlabs_phone_id":"phnum_)"
        + n + R"(","agent_id":"agent_1","place":"Vancouver","created_at":"2026-11-18T10:00:00Z","activated_at":"2026-11-18T10:00:42Z"})";
}

static std::string notification(int i, std::string const& first, std::string const& status)
{
    auto const n = std::to_string(i);
    static char const* const types[] = {"elevenlabs_import_required", "number_choice_needed", "purchase_held", "manual_setup_required"};
    return R"({"id":"w)" + n + R"(","type":")" + types[i % 4] + R"(","organization_id":"o)" + n + R"(","organization_name":")"
        + name_of(i, first) + R"(","phone_number":"+1604555)" + std::to_string(1000 + i)
        + R"(","message":"Import +16045551000 to ElevenLabs dashboard and assign to agent","cause":"ElevenLabs refused the import three times.","next_step":"Import the number by hand, then activate it here.","status":")"
        + status + R"(","created_at":"2026-11-1)" + std::to_string(8 - i % 5) + R"(T17:00:00Z","decided_at":null})";
}

static std::string run_of(std::string const& id)
{
    return R"({"run":{"id":"r1","organization_id":")" + id
        + R"(","state":"done","cause":null,"next_step":null,"area_code":"604","created_at":"2026-11-18T10:00:00Z","finished_at":"2026-11-18T10:00:42Z"},"steps":[
        {"step":"choosing","attempt":1,"state":"succeeded","message":"Three offers in 604; took the first, wrote it down before buying.","started_at":"2026-11-18T10:00:01Z","finished_at":"2026-11-18T10:00:01.800Z"},
        {"step":"importing","attempt":1,"state":"failed","message":"ElevenLabs did not answer within 15 s; nothing was there.","started_at":"2026-11-18T10:00:03Z","finished_at":"2026-11-18T10:00:18Z"},
        {"step":"importing","attempt":2,"state":"succeeded","message":"Imported, agent Jack assigned, SMS left with us.","started_at":"2026-11-18T10:00:20Z","finished_at":"2026-11-18T10:00:22Z"}]})";
}

template <typename F>
static std::string joined(int first, int end, F&& one)
{
    std::string list;
    for (int i = first; i < end; ++i)
        list += (i > first ? "," : "") + one(i);
    return list;
}

static std::string answer_to(std::string const& path, int organizations, std::string const& first_name, std::string const& status)
{
    auto const organization = [&](int i) { return ::organization(i, first_name); };
    auto const number_of = [&](int i) { return ::number_of(i, first_name); };
    auto const notification = [&](int i) { return ::notification(i, first_name, status); };
    auto const has = [&](char const* part) { return path.find(part) != std::string::npos; };
    auto const all = std::to_string(organizations);
    auto const paged = [&](char const* name, auto one) {
        auto const at = path.find("&cursor=");
        int const first = at == std::string::npos ? 0 : std::atoi(path.c_str() + at + 8);
        int const end = std::min(first + 200, organizations);
        auto const next = end < organizations ? "\"" + std::to_string(end) + "\"" : std::string("null");
        return "{\"" + std::string(name) + "\":[" + joined(first, end, one) + "],\"next_cursor\":" + next + R"(,"counts":{"total":)" + all
            + R"(,"all":)" + all + R"(,"active":12,"needs_attention":4,"held":4,"provisioning":4,"suspended":4,"closed":0}})";
    };
    if (has("/provisioning")) return run_of(path.substr(19, path.find('/', 19) - 19));
    if (has("/api/organizations/") && has("/phone-numbers")) return R"({"phoneNumbers":[)" + number_of(std::atoi(path.c_str() + 20)) + "]}";
    if (has("/api/organizations/")) return R"({"organization":)" + organization(std::atoi(path.c_str() + 20)) + "}";
    if (has("/api/organizations")) return paged("organizations", organization);
    if (has("/api/phone-numbers")) return paged("phone_numbers", number_of);
    if (has("/api/admin/notifications/")) return R"({"notification":)" + notification(std::atoi(path.c_str() + 26)) + "}";
    if (has("/api/admin/notifications"))
        return R"({"notifications":[)" + joined(0, std::min(organizations, 9), notification)
            + R"(],"next_cursor":null,"counts":{"pending":)" + std::to_string(std::min(organizations, 9))
            + R"(,"resolved":0,"dismissed":0}})";
    if (has("/api/admin/drift"))
        return R"({"looked_at":"2026-11-18T11:00:00Z","failure":"Twilio answered \"HTTP 503 without an explanation.\".","at_twilio":31,"at_elevenlabs":28,"not_ours":2,"counts":{},"findings":[
            {"id":"sms_url:PN1","kind":"sms_url","phone_number":"+16045550101","organization_id":"o1","organization_name":"Dealer 1","message":"Texts to +16045550101 do not come to us.","repair":"Set the number's texts to come to us.","next_step":null,"found_at":"2026-11-18T11:00:00Z"},
            {"id":"tag_missing:PN2","kind":"tag_missing","phone_number":"+16045550102","organization_id":"o2","organization_name":"Dealer 2","message":"+16045550102 does not carry our mark at Twilio.","repair":null,"next_step":"Put the mark back first: set its friendly name at Twilio to dealerline:0123456789abcdef:0123456789abcdef0123456789abcdef.","found_at":"2026-11-18T11:00:00Z"},
            {"id":"agent_settings:a1","kind":"agent_settings","phone_number":null,"organization_id":null,"organization_name":null,"message":"The agent's first message does not say {{organization_name}}.","repair":"Set the agent as assets/agent.json has it.","next_step":null,"found_at":"2026-11-18T11:00:00Z"},
            {"id":"not_ours:PN3","kind":"not_ours","phone_number":"+16045550103","organization_id":null,"organization_name":null,"message":"","repair":null,"next_step":null,"found_at":"2026-11-18T11:00:00Z"}]})";
    if (has("/api/admin/orphans"))
        return R"({"monthly_cost":"2.00","orphans":[
            {"id":"orphan:PN8","kind":"orphan","twilio_sid":"PN8","phone_number":"+16045550188","organization_id":"o4","organization_name":"Dealer 4","message":"+16045550188 is paid for and used by no organisation; it was bought for Dealer 4.","monthly_cost":"1.00","found_at":"2026-11-18T11:00:00Z"},
            {"id":"orphan:PN9","kind":"orphan","twilio_sid":"PN9","phone_number":"+16045550189","organization_id":null,"organization_name":null,"message":"+16045550189 is paid for and used by no organisation.","monthly_cost":"1.00","found_at":"2026-11-18T11:00:00Z"}]})";
    if (has("/api/admin/overview"))
        return R"({"organizations":{"all":30,"active":20,"provisioning":2,"needs_attention":4,"held":1,"suspended":2,"closed":1},"numbers":{"owned":28,"active":20,"monthly_rent":"28.00"},
            "notifications":{"pending":9,"oldest_created_at":"2026-11-14T17:00:00Z","oldest":[)"
            + joined(0, 5, notification) + R"(]},"signups":[)"
            + joined(1, 31,
                [](int day) {
                    return R"({"date":"2026-10-)" + std::string(day < 10 ? "0" : "") + std::to_string(day) + R"(","organizations":)"
                        + std::to_string(day % 6) + R"(,"live":)" + std::to_string(day % 6 * 4 / 5) + "}";
                })
            + R"(],"signups_today":3,"seconds_to_live":19,"providers":[
            {"name":"Twilio","what":"Numbers, texts","state":"normal","last_success_at":"2026-11-18T11:00:00Z","last_failure_at":null,"last_failure":null,"calls":120,"failures":0,"p95_ms":212,"recent_ms":[180,200,190,250]},
            {"name":"ElevenLabs","what":"Voice agent","state":"failing","breaker":"open","next_try_at":"2026-11-18T11:07:00Z","last_success_at":"2026-11-18T11:00:00Z","last_failure_at":"2026-11-18T10:20:00Z","last_failure":"It did not answer within 15 s.","calls":40,"failures":1,"p95_ms":1840,"recent_ms":[800,1900,900]},
            {"name":"Webhooks","what":"We answer","state":"slow","last_success_at":"2026-11-18T11:06:30Z","last_failure_at":null,"last_failure":null,"calls":9,"failures":0,"p95_ms":6,"recent_ms":[4,5,6]},
            {"name":"Database","what":"Commit","state":"unknown","last_success_at":null,"last_failure_at":null,"last_failure":null,"calls":0,"failures":0,"p95_ms":null,"recent_ms":[]}]})";
    return "{}";
}

void HeadlessConsole::serve()
{
    for (int round = 0; round < 200; ++round) {
        frames();
        if (sent.empty()) return;
        auto const asked = sent.front();
        sent.pop_front();
        if (status_code.empty())
            asked.on_reply({200, answer_to(asked.request.path, organizations, name_of_first, notification_status)});
        else
            asked.on_reply({std::atoi(status_code.c_str()), R"({"error":{"code":"x","message":"This is for the platform's admins."}})"});
    }
}

void HeadlessConsole::sign_in_as(std::string const& session)
{
    answer(200, session);
    app.on_event("open", "{}");
    serve();
}

void HeadlessConsole::keys(char const* text)
{
    ImGui::GetIO().AddInputCharactersUTF8(text);
    frames();
}

void HeadlessConsole::tap(ImGuiKey key)
{
    // As a host does: the console first, then Dear ImGui.
    static std::map<ImGuiKey, char const*> const names{{ImGuiKey_Enter, "Enter"}, {ImGuiKey_Tab, "Tab"}, {ImGuiKey_Escape, "Escape"}};
    if (auto const name = names.find(key); name != names.end() && app.on_key(name->second, ImGui::GetIO().WantTextInput)) return frames(4);
    ImGui::GetIO().AddKeyEvent(key, true);
    ImGui::GetIO().AddKeyEvent(key, false);
    frames(4);
}

void HeadlessConsole::click(float x, float y)
{
    ImGui::GetIO().AddMousePosEvent(x, y);
    ImGui::GetIO().AddMouseButtonEvent(0, true);
    ImGui::GetIO().AddMouseButtonEvent(0, false);
    frames(5);
}
