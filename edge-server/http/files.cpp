#include "edge-server/http/files.h"
#include "edge-server/http/reply.h"
#include "shared/base/text.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

namespace http {

namespace {

std::string content_type_of(std::string const& extension)
{
    static std::map<std::string, std::string> const types{{".html", "text/html; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"}, {".wasm", "application/wasm"}, {".svg", "image/svg+xml"}, {".woff2", "font/woff2"},
        {".png", "image/png"}, {".json", "application/json"}};
    auto const found = types.find(extension);
    return found == types.end() ? "application/octet-stream" : found->second;
}

// Whether an Accept-Encoding header names the coding, without a weight of zero.
bool accepts(std::string const& accept_encoding, std::string_view coding)
{
    for (std::size_t start = 0; start < accept_encoding.size();) {
        auto const end = std::min(accept_encoding.find(',', start), accept_encoding.size());
        auto const item = lower_case_ascii(trimmed(accept_encoding.substr(start, end - start)));
        auto const name_end = std::min(item.find_first_of("; "), item.size());
        if (item.substr(0, name_end) == coding) {
            auto const weight = item.find("q=", name_end);
            return weight == std::string::npos || item.find_first_of("123456789", weight) != std::string::npos;
        }
        start = end + 1;
    }
    return false;
}

} // namespace

Files::Files(std::string const& folder)
{
    namespace fs = std::filesystem;
    if (!fs::is_directory(folder)) return;
    for (auto const& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream stream(entry.path(), std::ios::binary);
        auto content = std::make_shared<std::string const>(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
        auto name = fs::relative(entry.path(), folder).generic_string();
        auto const extension = entry.path().extension().string();
        if (extension == ".br" || extension == ".gz") {
            name.resize(name.size() - extension.size());
            (extension == ".br" ? m_files[name].brotli : m_files[name].gzip) = std::move(content);
            continue;
        }
        auto& file = m_files[name];
        file.content_type = content_type_of(extension);
        file.immutable = name.starts_with("assets/");
        file.etag = '"' + std::to_string(content->size()) + '-' + std::to_string(std::hash<std::string>{}(*content)) + '"';
        file.plain = std::move(content);
    }
}

Response Files::serve(Request const& request, std::string const& name) const
{
    auto const found = m_files.find(name);
    if (found == m_files.end() || !found->second.plain)
        return refuse(request, {ErrorKind::NotFound, "not_found", "There is nothing at this address."});
    auto const& file = found->second;
    Response response;
    response.content_type = file.content_type;
    response.headers = {{"ETag", file.etag}, {"Vary", "Accept-Encoding"},
        {"Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache"}};
    if (file.content_type.starts_with("text/html")) add_page_headers(response);
    if (request.header("If-None-Match").find(file.etag) != std::string::npos) {
        response.status = 304;
        return response;
    }
    auto const encodings = request.header("Accept-Encoding");
    if (file.brotli && accepts(encodings, "br")) {
        response.headers.emplace_back("Content-Encoding", "br");
        response.shared_body = file.brotli;
    } else if (file.gzip && accepts(encodings, "gzip")) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.shared_body = file.gzip;
    } else
        response.shared_body = file.plain;
    return response;
}

std::optional<std::string> Files::text(std::string const& name) const
{
    auto const found = m_files.find(name);
    if (found == m_files.end() || !found->second.plain) return {};
    return *found->second.plain;
}

void add_page_headers(Response& response)
{
    response.headers.emplace_back("Content-Security-Policy",
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors "
        "'none'");
    response.headers.emplace_back("Referrer-Policy", "same-origin");
}

} // namespace http
