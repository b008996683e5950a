using System.Globalization;
using Shims.Control.Servers.Writing;

namespace Shims.Control.Servers.Caddy;

/// <summary>Caddy 2: the fastcgi transport. https://caddyserver.com/docs/caddyfile/directives/reverse_proxy</summary>
internal static class CaddyWriter
{
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment)
    {
        string address = deployment.Address.Path is { } path ? $"unix/{path}" : deployment.Address.ToString();
        yield return new ConfigurationSnippet("Caddy: into the block of the site in /etc/caddy/Caddyfile", "systemctl reload caddy",
            (string.Concat(deployment.Aliases.Select(static alias => $$"""
                # Files that Caddy sends itself.
                handle_path {{alias.Url}}/* {
                    root * {{alias.Folder}}
                    file_server
                }

                """)) + string.Concat(deployment.RefusedUrls.Select(static url => $$"""
                # Never sent, and never run.
                handle {{url}}* {
                    respond 403
                }

                """)) + (deployment.Kind == TargetKind.Directory ? ForDirectory(deployment, address)
                    : deployment.IsWholeSite ? ForSite(deployment, address) : ForProgram(deployment, address)))
                .Replace("    ", "\t", StringComparison.Ordinal));
    }

    private static string ForDirectory(Deployment deployment, string address) => $$"""
        {{Slash(deployment)}}# {{deployment.Url}}/NAME/more: the script NAME, with /more as PATH_INFO. NAME may lie in a folder of its own.
        handle {{deployment.Url}}/* {
        {{Strip(deployment)}}{{Responders(deployment, address)}}
        {{Upload(deployment)}}
        }

        """;

    private static string Slash(Deployment deployment) => !deployment.NeedsSlash ? "" : $$"""
        # The links of its pages are relative to the URL with the slash.
        handle {{deployment.Url}} {
            route {
                @query expression {query} != ""
                redir @query {{deployment.Url}}/?{query} 301
                redir * {{deployment.Url}}/ 301
            }
        }


        """;

    private static string Responders(Deployment deployment, string address)
    {
        string proxy = Proxy(deployment, address);
        return deployment.FileExtensions.Count == 0 ? proxy
            : $"{Files(deployment)}    handle {{\n    {proxy.Replace("\n", "\n    ", StringComparison.Ordinal)}\n    }}";
    }

    private static string Proxy(Deployment deployment, string address) => $$"""
            # The address that the super-server listens at.
            reverse_proxy {{address}} {
                transport fastcgi {
                    # Which file to run. {{deployment.ProgramName}} finds out where the script ends and PATH_INFO begins.
        {{ScriptFile(deployment)}}
        {{Timeout(deployment)}}
                }
            }
        """;

    private static string Files(Deployment deployment) => $$"""
            # Files that Caddy sends itself. What is not one of these is {{deployment.ProgramName}}'s, and never sent as text.
            @files {
                path {{string.Join(' ', deployment.FileExtensions.Select(static extension => "*" + extension))}}
                not path_regexp {{deployment.InScript}}
            }
            handle @files {
                root * {{(deployment.IsBelowDocumentRoot ? deployment.Parent is "" ? "/" : deployment.Parent : deployment.Target)}}
                file_server
            }

        """;

    private static string Strip(Deployment deployment) => deployment.IsBelowDocumentRoot
        ? ""
        : $"    # The rest of the path is a path in {deployment.Target}.\n    uri strip_prefix {deployment.Url}\n";

    private static string ScriptFile(Deployment deployment) => deployment.IsBelowDocumentRoot
        ? $"            root {(deployment.Parent is "" ? "/" : deployment.Parent)}"
        : $$"""
                        root {{deployment.Target}}
                        env SCRIPT_FILENAME {{deployment.Target}}{http.request.uri.path}
                        env SCRIPT_NAME {http.request.orig_uri.path}
                        env PATH_INFO ""
            """;

    private static string Timeout(Deployment deployment) => string.Create(CultureInfo.InvariantCulture, $"""
                    # How long there may be silence before Caddy answers 504.
                    read_timeout {deployment.SilenceLimit}s
        """);

    private static string Upload(Deployment deployment) => string.Create(CultureInfo.InvariantCulture, $$"""
            # The largest upload.
            request_body {
                max_size {{deployment.UploadLimit}}{{(deployment.UploadLimit.Unit == '\0' ? "B" : "iB")}}
            }
        """);

    private static string ForSite(Deployment deployment, string address) => $$"""
        # The whole site is the app.
        handle {
            # The address that the super-server listens at.
            reverse_proxy {{address}} {
                transport fastcgi {
                    root {{(deployment.Parent is "" ? "/" : deployment.Parent)}}
        {{Timeout(deployment)}}
                }
            }
        {{Upload(deployment)}}
        }

        """;

    private static string ForProgram(Deployment deployment, string address) => $$"""
        # {{deployment.Url}} and what is below it; but not {{deployment.Url}}2.
        @{{deployment.Name}} path {{deployment.Url}} {{deployment.Url}}/*
        handle @{{deployment.Name}} {
            # What is below it is PATH_INFO; Caddy itself would take all of the path for the script's name.
            uri strip_prefix {{deployment.Url}}
            # The address that the super-server listens at.
            reverse_proxy {{address}} {
                transport fastcgi {
                    env SCRIPT_NAME {{deployment.Url}}
                    env PATH_INFO {http.request.uri.path}
                    env SCRIPT_FILENAME {{(deployment.Kind == TargetKind.Script ? deployment.Target : "\"\"")}}
        {{Timeout(deployment)}}
                }
            }
        {{Upload(deployment)}}
        }

        """;
}
