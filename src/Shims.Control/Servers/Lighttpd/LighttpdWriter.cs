using System.Globalization;
using System.Text.RegularExpressions;
using Shims.Control.Servers.Writing;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>lighttpd 1.4: mod_scgi, mod_fastcgi, mod_ajp13. https://redmine.lighttpd.net/projects/lighttpd/wiki/Mod_fastcgi</summary>
internal static class LighttpdWriter
{
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment)
    {
        // mod_scgi speaks both.
        string word = deployment.Protocol == Protocols.Uwsgi ? Protocols.Scgi.Word : deployment.Protocol.Word;
        string address = deployment.Address.Path is { } path
            ? $"\"socket\"      => \"{path}\""
            : string.Create(CultureInfo.InvariantCulture,
                $"\"host\"        => \"{ListenAddress.Loopback}\",\n        \"port\"        => {deployment.Address.Port}");
        // Without it lighttpd waits as long as the script takes.
        if (deployment.ReadTimeout is { } seconds)
            address += string.Create(CultureInfo.InvariantCulture,
                $",\n        # How long there may be silence before lighttpd answers 504.\n        \"read-timeout\" => {seconds}");
        yield return new ConfigurationSnippet("lighttpd: a file of its own, "
            + $"/etc/lighttpd/conf-enabled/50-{deployment.Name}.conf", "lighttpd -tt -f /etc/lighttpd/lighttpd.conf && service lighttpd "
            + "restart",
            (deployment.Protocol == Protocols.Ajp13
                ? ByUrl(deployment, address)
                : deployment.Kind == TargetKind.Directory
                ? ForDirectory(deployment, word, address)
                : deployment.IsWholeSite ? ForSite(deployment, word, address)
                : ForProgram(deployment, word, address)) + $$"""
                # Answers: 1 passes on what has been written at once, and notices when a visitor has left; 0 would do neither.
                server.stream-response-body = 1
                # Uploads: 0 takes all of one in first. And the largest one, in KiB.
                server.stream-request-body = 0
                server.max-request-size = {{(deployment.UploadLimit.Bytes + 1023) / 1024}}
            }
            {{Slash(deployment)}}{{Aliases(deployment, word)}}{{Files(deployment, word)}}{{Denied(deployment)}}{{Passwords(deployment)}}
            """);
    }

    private static string Slash(Deployment deployment) => !deployment.NeedsSlash ? "" : $$"""
        server.modules += ( "mod_redirect" )
        # The links of its pages are relative to the URL with the slash.
        $HTTP["url"] == "{{deployment.Url}}" {
            url.redirect = ( "" => "{{deployment.Url}}/${qsa}" )
        }

        """;

    private static string Aliases(Deployment deployment, string word) => deployment.Aliases.Count == 0 ? "" :
        (HasAlias(deployment) ? "" : "server.modules += ( \"mod_alias\" )\n")
        + string.Concat(deployment.Aliases.Select(alias => $$"""
            # Files that lighttpd sends itself.
            $HTTP["url"] =~ "^{{Regex.Escape(alias.Url)}}/" {
                alias.url += ( "{{alias.Url}}/" => "{{alias.Folder}}/" )
                {{word}}.server = ()
            }

            """));

    private static string ByUrl(Deployment deployment, string address) => $$"""
        server.modules += ( "mod_ajp13"{{(HasAlias(deployment) ? ", \"mod_alias\"" : "")}} )

        # {{deployment.Url}} and what is below it: {{deployment.ProgramName}} finds the script by the URL.
        # Not for uploads: mod_ajp13 sends them in a form that no container reads, and {{deployment.ProgramName}} answers 400. FastCGI has no such limit.
        $HTTP["url"] =~ "^{{Regex.Escape(deployment.Url)}}(/|$)" {
        {{(HasAlias(deployment) ? $"    alias.url += ( \"{deployment.Url}/\" => \"{deployment.Target}/\" )\n" : "")}}    # The key is empty: with another one, lighttpd leaves the rest of the path out.
            ajp13.server = ( "" => ((
                # The address that the super-server listens at.
                {{address}},
                # There is no file of that name for lighttpd to look for.
                "check-local" => "disable"
            )) )

        """;

    /// <summary>The line by which mod_scgi speaks the other protocol.</summary>
    private static string Speaking(Deployment deployment) => deployment.Protocol == Protocols.Uwsgi
        ? "    # The module is the one of SCGI; it speaks the other protocol.\n    scgi.protocol = \"uwsgi\"\n"
        : "";

    private static bool HasAlias(Deployment deployment) => deployment.Kind == TargetKind.Directory
        && (deployment.FileExtensions.Count > 0 || !deployment.IsBelowDocumentRoot);

    private static string Files(Deployment deployment, string word) => deployment.FileExtensions.Count == 0 ? "" : $$"""
        # Files that lighttpd sends itself. What is not one of these is {{deployment.ProgramName}}'s, and never sent as text.
        $HTTP["url"] =~ "{{deployment.FilePattern}}" {
            {{word}}.server = ()
        }

        """;

    private static string Denied(Deployment deployment) => deployment.RefusedUrls.Count == 0 ? "" :
        "server.modules += ( \"mod_access\" )\n# Never sent, and never run.\n"
        + string.Concat(deployment.RefusedUrls.Select(static url => $$"""
            $HTTP["url"] =~ "^{{Regex.Escape(url)}}" {
                url.access-deny = ( "" )
            }

            """));

    private static string Passwords(Deployment deployment) => deployment.UserFile is null ? "" : $$"""
        # The users of this file may come in: htpasswd {{deployment.UserFile}} NAME adds one, with -c for the first.
        server.modules += ( "mod_auth", "mod_authn_file" )
        auth.backend = "htpasswd"
        auth.backend.htpasswd.userfile = "{{deployment.UserFile}}"
        {{string.Concat(deployment.Aliases.Select(static alias => alias.Url).Prepend(deployment.Url).Select(url =>
            $"$HTTP[\"url\"] =~ \"^{Regex.Escape(url)}(/|$)\" {{\n    auth.require = ( \"\" => ( \"method\" => \"basic\", \"realm\" => \"{deployment.Name}\", \"require\" => \"valid-user\" ) )\n}}\n"))}}
        """;

    private static string ForDirectory(Deployment deployment, string word, string address) => !HasAlias(deployment)
        ? $$"""
          server.modules += ( "mod_{{word}}" )

          # {{deployment.Url}}/NAME/more: the script NAME, with /more as PATH_INFO. NAME may lie in a folder of its own.
          $HTTP["url"] =~ "^{{Regex.Escape(deployment.Url)}}/" {
          {{Speaking(deployment)}}    {{word}}.server = ( "/" => ((
                  # The address that the super-server listens at.
                  {{address}},
                  # Which file to run: this and the path of the URL.
                  # {{deployment.ProgramName}} finds out where the script ends and PATH_INFO begins:
                  # lighttpd sends all of the path, and does not look for the file.
                  "docroot"     => "{{(deployment.Parent is "" ? "/" : deployment.Parent)}}",
                  "check-local" => "disable",
                  "fix-root-scriptname" => "enable"
              )) )

          """
        : $$"""
          server.modules += ( "mod_{{word}}", "mod_alias" )

          # {{deployment.Url}}/NAME/more: the script NAME, with /more as PATH_INFO. NAME may lie in a folder of its own.
          $HTTP["url"] =~ "^{{Regex.Escape(deployment.Url)}}/" {
              # Which file to run. {{deployment.ProgramName}} refuses whatever is outside of its folder.
              alias.url += ( "{{deployment.Url}}/" => "{{deployment.Target}}/" )
          {{Speaking(deployment)}}    {{word}}.server = ( "{{deployment.Url}}/" => ((
                  # The address that the super-server listens at.
                  {{address}},
                  # lighttpd looks for the file, and so knows where PATH_INFO begins.
                  "check-local" => "enable"
              )) )

          """;

    private static string ForSite(Deployment deployment, string word, string address) => $$"""
        server.modules += ( "mod_{{word}}" )

        # The whole site is the app.
        $HTTP["url"] =~ "^/" {
        {{Speaking(deployment)}}    {{word}}.server = ( "/" => ((
                # The address that the super-server listens at.
                {{address}},
                # There are no files for lighttpd to look for.
                "check-local" => "disable",
                "fix-root-scriptname" => "enable"
            )) )

        """;

    private static string ForProgram(Deployment deployment, string word, string address) => $$"""
        server.modules += ( "mod_{{word}}" )

        # {{deployment.Url}} and what is below it, which is PATH_INFO;
        # but not {{deployment.Url}}2, which "{{deployment.Url}}" alone would match.
        $HTTP["url"] =~ "^{{Regex.Escape(deployment.Url)}}(/|$)" {
        {{Speaking(deployment)}}    {{word}}.server = ( "{{deployment.Url}}" => ((
                # The address that the super-server listens at.
                {{address}},
                # There is no file of that name for lighttpd to look for.
                "check-local" => "disable"
            )) )

        """;
}
