#include "tests/unit/web-client/headless_console.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>

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
        std::set<std::string_view> keys; // the page finds elements by them
        std::string_view twice;
        for (auto const& node : app.mirror().nodes())
            if (!node.key.empty() && !keys.insert(node.key).second) twice = node.key;
        CHECK(twice == "");
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

static std::string zero_padded(int value)
{
    return (value < 10 ? "0" : "") + std::to_string(value);
}

static std::string conversation_of(int i, std::string const& owner, bool whole)
{
    static char const* const states[] = {
        R"("status":"done","outcome":"success","failure":null,"duration_seconds":192)",
        R"("status":"failed","outcome":null,"failure":"no-answer","duration_seconds":null)",
        R"("status":"in_progress","outcome":null,"failure":null,"duration_seconds":null)",
        R"("status":"done","outcome":"unknown","failure":null,"duration_seconds":41)",
    };
    auto const n = std::to_string(i);
    auto json = R"({"id":"c)" + n + R"(","organization_id":"o5","organization_name":")" + owner + R"(","lead_id":)"
        + (i % 5 == 4 ? "null" : "\"l" + n + "\"") + R"(,"lead_name":)" + (i % 3 == 2 ? "null" : R"("John Smith")") + R"(,"call_sid":"CA)"
        + n + R"(","conversation_id":"conv_)" + n + R"(","direction":")" + (i % 6 == 5 ? "outbound" : "inbound") + R"(",)" + states[i % 4]
        + R"(,"external_number":)" + (i % 5 == 4 ? "null" : R"("+16045550142")")
        + R"(,"title":"Test drive booked for the grey Tacoma TRD Sport","summary":"John wants the grey 2021 Tacoma TRD Sport ($41,900). Test drive booked Saturday 11:00 AM with Daniel.","termination_reason":"the caller hung up","started_at":"2026-11-18T)"
        + zero_padded(i % 18) + R"(:14:00Z","excerpt":)" + (i == 1 ? R"("asked about the Tacoma on the site")" : "null");
    if (whole)
        json += R"(,"phone_number":"+16041234567","agent_cost":"0.05","transcript":[
            {"role":"agent","message":"Hi John, this is Jack from Premium Auto Sales. How can I help you today?","at_seconds":0},
            {"role":"user","message":"Hey Jack. I’m calling about the 2021 Tacoma I saw on your site. Is it still there, and would you take my old Civic as a part of the price?","at_seconds":8},
            {"role":"agent","message":"It is.","at_seconds":18},
            {"role":"user","message":"Good memory.","at_seconds":30}],
            "variables":[{"name":"organization_name","value":"Premium Auto Sales"},{"name":"customer_name","value":"John Smith"},{"name":"lead_status","value":"Returning Customer"},{"name":"previous_summary","value":""},{"name":"conversation_context","value":"2nd call this month. Last text 18 Nov: “will call about the Tacoma”."}],
            "collected":[{"name":"interest","value":"2021 Tacoma"}])";
    return json + "}";
}

static std::string lead_of(int i, std::string const& owner, std::string const& more = {})
{
    static char const* const stages[] = {"New Inquiry", "Returning Customer", "Appointment set", "Sold", "Lost"};
    auto const n = std::to_string(i);
    return R"({"id":"l)" + n + R"(","organization_id":"o5","organization_name":")" + owner + R"(","phone_number":"+1604555)"
        + std::to_string(2000 + i) + R"(","name":)" + (i % 4 == 3 ? "null" : "\"John Smith " + n + "\"") + R"(,"status":")" + stages[i % 5]
        + R"(","interest":"2021 Tacoma TRD Sport","trade_in":null,"appointment":)" + (i % 5 == 2 ? R"("Saturday 11:00 AM")" : "null")
        + R"(,"wants_person":)" + (i % 6 == 0 ? "true" : "false")
        + R"(,"created_at":"2026-11-02T10:00:00Z","last_contact_at":"2026-11-18T17:40:00Z","last_contact_kind":")"
        + (i % 2 ? "text" : "call")
        + R"(","last_message_at":"2026-11-18T16:31:00Z","last_message":"Is the registration enough for the trade?","last_direction":")"
        + (i % 3 ? "inbound" : "outbound") + R"(","unread":)" + (i % 4 == 1 ? "2" : "0") + R"(,"opted_out":)"
        + (i % 7 == 6 ? "true" : "false") + more + "}";
}

static std::string message_of(int i)
{
    static char const* const states[] = {"received", "delivered", "undelivered", "received", "sending"};
    auto const n = std::to_string(i);
    bool const ours = i % 5 == 1 || i % 5 == 2 || i % 5 == 4;
    return R"({"id":"m)" + n + R"(","organization_id":"o5","lead_id":"l0","direction":")" + (ours ? "outbound" : "inbound")
        + R"(","from_number":"+16041234567","to_number":"+16045552000","body":")"
        + (i == 3 ? ""
                  : "Hi John, this is Jack from Premium Auto Sales. You are booked for Saturday 11:00 AM to drive the Tacoma: 1280 "
                    "Kingsway.\\nSee you there.")
        + R"(","encoding":"gsm7","segments":1,"pictures":)" + (i == 3 ? "2" : "0") + R"(,"state":")" + states[i % 5] + R"(","error_code":)"
        + (i % 5 == 2 ? R"("30003")" : "null") + R"(,"error":)" + (i % 5 == 2 ? R"("The phone is off or out of reach.")" : "null")
        + R"(,"author":)" + (i % 5 == 4 ? R"("ivy@premium.test")" : "null") + R"(,"sent_at":"2026-11-1)" + std::to_string(8 - i / 3)
        + "T17:" + zero_padded(59 - i) + R"(:00Z","created_at":"2026-11-18T17:00:00Z"})";
}

static std::string ledger_line(int i, std::string const& owner)
{
    static char const* const kinds[]
        = {R"("kind":"voice_minute","what":"Call with Ana Ruiz","quantity":3,"rate":"0.0125","amount":"0.0375")",
            R"("kind":"sms_segment_out","what":"Text out, 2 segments","quantity":2,"rate":"0.0075","amount":"0.0150")",
            R"("kind":"number_month","what":"Number (250) 555-0164","quantity":1,"rate":"1.00","amount":"1.00")",
            R"("kind":"adjustment","what":"Credit, carrier refused text","quantity":-1,"rate":"0.0075","amount":"-0.0075")",
            R"("kind":"agent_cost","what":"Agent, as ElevenLabs reports it","quantity":1,"rate":"0.00","amount":"0.05")"};
    auto const n = std::to_string(i);
    return R"({"id":"e)" + n + R"(","organization_id":"o5","organization_name":")" + owner + R"(","subject_id":"c)" + n + R"(",)"
        + kinds[i % 5] + R"(,"rate_version":1,"at":"2026-11-18T1)" + std::to_string(7 - i % 8) + R"(:31:00Z"})";
}

static std::string inbox_item(int i, bool whole)
{
    static char const* const states[] = {"failed", "unrouted", "waiting", "done"};
    static char const* const kinds[] = {"post_call_transcription", "sms", "message_status", "call_initiation_failure", "something_new"};
    auto const n = std::to_string(i);
    bool const is_quiet = i % 4 > 1;
    return R"({"id":"i)" + n + R"(","source":")" + (i % 5 == 1 || i % 5 == 2 ? "twilio" : "elevenlabs") + R"(","kind":")" + kinds[i % 5]
        + R"(","subject":"conv_)" + n + R"(","organization_id":null,"organization_name":)" + (i % 2 ? "null" : R"("Dealer 5 Motors")")
        + R"(,"via":")" + (i % 3 ? "webhook" : "poll") + R"(","state":")" + states[i % 4] + R"(","cause":)"
        + (is_quiet ? "null" : R"("No number of ours was called: the agent's id is not one of this installation.")") + R"(,"attempts":)"
        + std::to_string(i % 4) + R"(,"received_at":"2026-11-18T17:00:00Z","processed_at":)"
        + (i % 4 == 3 ? R"("2026-11-18T17:00:01Z")" : "null") + R"(,"summary":"Call of 41 s")"
        + (whole ? R"(,"body":"{\n  \"type\": \"post_call_transcription\",\n  \"data\": {}\n}")" : "") + "}";
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
    auto const leads_counts = R"("total":)" + all + R"(,"all":)" + all
        + R"(,"wants_person":3,"New Inquiry":41,"Returning Customer":118,"Appointment set":26,"Sold":88,"Lost":39,"unread":12,"opted_out":3,"answered":20,"missed":6,"failed":4,"waiting":2,"unrouted":1,"done":9}})";
    auto const listed = [&](char const* name, auto one) {
        return "{\"" + std::string(name) + "\":[" + joined(0, std::min(organizations, 30), one) + R"(],"next_cursor":)"
            + (organizations > 0 && has("/api/leads") && has("stage=") ? R"("more")" : "null") + R"(,"counts":{)" + leads_counts;
    };
    if (has("/conversations/"))
        return R"({"conversation":)" + conversation_of(std::atoi(path.c_str() + path.rfind("/c") + 2), first_name, true) + "}";
    if (has("/api/conversations")) return listed("conversations", [&](int i) { return conversation_of(i, first_name, false); });
    if (has("/leads/"))
        return R"({"lead":)"
            + lead_of(std::atoi(path.c_str() + path.rfind("/l") + 2), first_name,
                R"(,"calls":3,"texts":6,"our_number":"+16041234567","sms_status":"ready","sms_reason":null,"opt_out":{"words":"STOP","at":"2026-11-18T16:23:00Z"},
                "notes":[{"id":"n1","author":"ivy@premium.test","text":"Wants the winter tires too.\nCall after five.","created_at":"2026-11-17T10:00:00Z"}],"conversations":[)"
                    + conversation_of(0, first_name, false) + ',' + conversation_of(1, first_name, false) + "]")
            + "}";
    if (has("/messages?")) return R"({"messages":[)" + joined(0, organizations > 0 ? 9 : 0, message_of) + R"(],"next_cursor":null})";
    if (has("/api/threads")) return listed("threads", [&](int i) { return lead_of(i, first_name); });
    if (has("/api/leads")) {
        int const stage = has("Returning") ? 1
            : has("Appointment")           ? 2
            : has("Sold")                  ? 3
            : has("Lost")                  ? 4
                                           : 0; // as lead_of gives them out
        return listed("leads", [&](int i) { return lead_of(has("stage=") ? i * 5 + stage : i, first_name); });
    }
    if (has("/api/usage/lines")) return listed("lines", [&](int i) { return ledger_line(i, first_name); });
    if (has("/api/usage"))
        return R"({"month":"2026-11","days":[)"
            + joined(1, 19,
                [](int day) {
                    return R"({"date":"2026-11-)" + zero_padded(day) + R"(","voice":")" + std::to_string(20 + day % 5)
                        + R"(.50","texts":"12.25","numbers":")" + (day == 1 ? "29.00" : "0.00") + R"(","agent":")"
                        + (day % 2 ? "1.10" : "0.00") + R"("})";
                })
            + R"(],"totals":{"voice":{"quantity":32100,"amount":"401.25"},"texts":{"quantity":2940,"amount":"220.50"},"numbers":{"quantity":29,"amount":"29.00"},"agent":{"quantity":9,"amount":"9.90"},"adjustments":{"quantity":-1,"amount":"-0.01"}},"total":"660.64","budget":)"
            + (has("organization_id") ? R"({"monthly":"1000.00","spent":"660.64","reserved":"0.25","state":"ok"})" : "null") + "}";
    if (has("/api/admin/inbox/")) return R"({"item":)" + inbox_item(std::atoi(path.c_str() + path.rfind("/i") + 2), true) + "}";
    if (has("/api/admin/inbox")) return listed("items", [](int i) { return inbox_item(i, false); });
    if (has("/api/activity")) {
        static char const* const kinds[]
            = {"call", "missed_call", "outbound_call", "text_in", "text_out", "lead", "opt_out", "line", "notification"};
        return R"({"activity":[)" + joined(0, std::min(organizations, 18), [&](int i) {
            return R"({"id":"a)" + std::to_string(i) + R"(","kind":")" + kinds[i % 9] + R"(","organization_id":"o5","organization_name":")"
                + first_name + R"(","text":"Call with Ana Ruiz, 2 min 40 s","at":"2026-11-18T18:1)" + std::to_string(9 - i / 2)
                + R"(:00Z","address":"#/organizations/o5/conversations/c0"})";
        }) + "]}";
    }
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
            + R"(],"signups_today":3,"seconds_to_live":19,"calls":{"today":412,"answered_percent":97.8,"by_hour":[)"
            + joined(0, 24,
                [](int hour) {
                    return R"({"hour":)" + std::to_string(hour) + R"(,"answered":)" + std::to_string(hour > 10 ? 0 : hour * 4)
                        + R"(,"missed":)" + std::to_string(hour % 4 / 3) + "}";
                })
            + R"(],"last_week":[)" + joined(0, 24, [](int hour) { return std::to_string(hour < 12 ? hour * 3 : (24 - hour) * 3); })
            + R"(]},"texts":{"today":1096,"not_delivered":3},"spend":{"month":"2026-11","amount":"1284.60","budget":"2400.00"},"providers":[
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
        auto const waiting = sent.front();
        sent.pop_front();
        if (status_code.empty())
            waiting.on_reply({200, answer_to(waiting.request.path, organizations, name_of_first, notification_status)});
        else
            waiting.on_reply({std::atoi(status_code.c_str()), R"({"error":{"code":"x","message":"This is for the platform's admins."}})"});
    }
}

bool HeadlessConsole::rests()
{
    if (!std::isinf(app.next_change())) frames(30);
    return std::isinf(app.next_change());
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
