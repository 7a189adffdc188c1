#pragma once

#include "edge-server/http/message.h"

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace http {

// The built pages, kept in memory with their compressed forms. Names under /assets/ contain a hash of the content and never change.
class Files {
public:
    // Reads everything below `folder`. A missing folder gives an empty set.
    explicit Files(std::string const& folder);

    Response serve(Request const& request, std::string const& name) const; // 404 when unknown
    std::optional<std::string> text(std::string const& name) const;

private:
    struct File {
        std::string content_type;
        std::string etag;
        bool immutable = false;
        std::shared_ptr<std::string const> plain, brotli, gzip;
    };
    std::map<std::string, File> m_files;
};

// Headers of every page: what it may load, and that nobody frames it.
void add_page_headers(Response& response);

} // namespace http
