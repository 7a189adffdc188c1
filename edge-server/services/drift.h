#pragma once

#include "edge-server/services/provisioning.h"
#include "edge-server/store/drift_store.h"
#include "edge-server/store/line_store.h"

#include <mutex>
#include <span>
#include <string>
#include <vector>

// Reads the vendors' books beside ours and names every difference. Looking changes nothing; a repair is asked for, looks again first,
// and touches only what carries this installation's mark.
class Drift {
public:
    Drift(sql::Database& database, Config const& config, std::string installation_id, Provisioning& provisioning, TwilioClient& twilio,
        ElevenLabsClient* elevenlabs);

    // Bounded by the vendors' deadlines, page by page; one look at a time. The failure is on record too.
    Outcome look();

    struct Repaired {
        std::string id; // of the finding
        std::string done; // what was done; '' when it failed
        std::string failure;
    };
    // Of what a fresh look still finds; the others are named as gone. `actor`: for the audit.
    Result<std::vector<Repaired>> repair(std::span<std::string const> ids, std::string const& actor);

    // An orphan becomes the number of an organisation without one. `organization_id` '' takes the one that its mark names.
    Outcome adopt_orphan(std::string const& twilio_sid, std::string const& organization_id, std::string const& actor);
    // Gives it back. `typed` is the number as a human wrote it.
    Outcome release_orphan(std::string const& twilio_sid, std::string const& typed, std::string const& actor);

private:
    struct Books;
    struct Comparison;

    Result<Books> read_books();
    Result<Comparison> compare();
    void compare_line(Comparison& found, Line const& line, TwilioNumber const& at_twilio) const;
    void compare_import(Comparison& found, Books const& books, Line const& line) const;
    void compare_strays(Comparison& found, Books const& books);
    void compare_agent(Comparison& found);
    void keep(Comparison const& found);
    Result<std::string> mend(DriftFinding const& finding, std::string const& actor);
    Result<TwilioNumber> fetch_orphan(std::string const& twilio_sid);
    bool is_ours(std::string const& tag) const;
    std::optional<ProvisioningRun> run_of_tag(std::string const& tag);
    bool has_number(ProvisioningRun const& run, std::string const& phone_number);

    sql::Database& m_database;
    Config const& m_config;
    std::string m_mark; // "dealerline:<installation>:"
    Provisioning& m_provisioning;
    TwilioClient& m_twilio;
    ElevenLabsClient* m_elevenlabs; // none without a key
    std::mutex m_looking;
};
