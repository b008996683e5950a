using Shims.Cgi;
using Shims.Testing;

namespace Shims.Tests.Cgi;

/// <summary>Where the web server names no file: uwsgi and AJP13. These need files: a small directory of scripts, made anew for each test.</summary>
public sealed class UrlResolverTests : IDisposable
{
    private readonly TemporaryFolder _top = new();
    private readonly string _scripts;

    public UrlResolverTests()
    {
        _top.WriteScript("www/cgi-bin/env.cgi", "#!/bin/sh\n");
        _top.WriteScript("www/cgi-bin/sub/deep.cgi", "#!/bin/sh\n");
        _top.WriteScript("www/cgi-bin/sub/index.cgi", "#!/bin/sh\n");
        _top.WriteScript("www/cgi-bin/index.cgi", "#!/bin/sh\n");
        _top.WriteScript("www/cgi-bin/app/env.cgi", "#!/bin/sh\n");
        _top.WriteScript("www/cgi-bin/a%2Fb.cgi", "#!/bin/sh\n");
        _top.WriteScript("www/cgi-bin/x%41.cgi", "#!/bin/sh\n");
        _top.WriteScript("outside.cgi", "#!/bin/sh\n");
        _scripts = _top.PathTo("www/cgi-bin") + "/";
    }

    public void Dispose() => _top.Dispose();

    [Theory]
    [InlineData("/cgi-bin/env.cgi/x y", "env.cgi", "/cgi-bin/env.cgi", "/x y")]
    [InlineData("/cgi-bin/env.cgi", "env.cgi", "/cgi-bin/env.cgi", null)]
    [InlineData("/env.cgi/x", "env.cgi", "/env.cgi", "/x")]
    [InlineData("/one/two/env.cgi/x", "env.cgi", "/one/two/env.cgi", "/x")]
    [InlineData("/cgi-bin/sub/deep.cgi/x", "sub/deep.cgi", "/cgi-bin/sub/deep.cgi", "/x")]
    [InlineData("//cgi-bin/./env.cgi/x", "env.cgi", "/cgi-bin/env.cgi", "/x")]
    [InlineData("/cgi-bin/env.cgi/env.cgi/sub", "env.cgi", "/cgi-bin/env.cgi", "/env.cgi/sub")]
    [InlineData("/cgi-bin/x%41.cgi", "x%41.cgi", "/cgi-bin/x%41.cgi", null)]
    public void The_own_settings_of_nginx_and_of_the_router_lead_to_the_script(string path, string file, string name, string? pathInfo)
    {
        Finds(file, name, pathInfo, new() { { "PATH_INFO", path }, { "REQUEST_URI", path } });
        Finds(file, name, pathInfo, new() { { "SCRIPT_NAME", "" }, { "PATH_INFO", path } });
    }

    [Fact]
    public void ProxyPass_leads_to_the_script_whatever_is_the_mount()
    {
        Finds("env.cgi", "/cgi-bin/env.cgi", "/x", new()
        {
            { "SCRIPT_FILENAME", "proxy:uwsgi://127.0.0.1:9000/cgi-bin/env.cgi/x" }, { "SCRIPT_NAME", "" }, { "PATH_INFO", "/cgi-bin/env.cgi/x" }, { "REQUEST_URI", "/cgi-bin/env.cgi/x?y" },
            { "DOCUMENT_ROOT", _top.PathTo("www") },
        });
        Finds("env.cgi", "/plain/env.cgi", "/one two", new()
        {
            { "SCRIPT_FILENAME", "proxy:uwsgi://127.0.0.1:9000/env.cgi/one%20two" }, { "SCRIPT_NAME", "/plain" }, { "PATH_INFO", "/env.cgi/one two" }, { "REQUEST_URI", "/plain/env.cgi/one%20two" },
        });
    }

    [Theory]
    [InlineData("127.0.0.1:9000")]
    [InlineData("name/")]
    [InlineData("name")]
    public void SetHandler_leads_to_the_file_and_the_URL_says_the_rest(string authority)
    {
        string file = _scripts + "env.cgi", proxied = $"proxy:uwsgi://{authority}{file}";
        // SCRIPT_NAME is cut by the length of PATH_INFO.
        Finds("env.cgi", "/cgi-bin/env.cgi", "/a/c", new()
        { { "SCRIPT_FILENAME", proxied }, { "SCRIPT_NAME", "/cgi-bin/env" }, { "PATH_INFO", "/a/c" }, { "REQUEST_URI", "/cgi-bin/env.cgi/a/c?q" } });
        Finds("env.cgi", "/cgi-bin/env.cgi", "/a%+b", new()
        { { "SCRIPT_FILENAME", proxied }, { "SCRIPT_NAME", "/cgi-bin/" }, { "PATH_INFO", "/a%+b" }, { "REQUEST_URI", "/cgi-bin/env.cgi/a%25+b" } });
        Finds("env.cgi", "/cgi-bin/env.cgi", "/c/d", new()
        { { "SCRIPT_FILENAME", proxied }, { "SCRIPT_NAME", "/cgi-bin/en" }, { "PATH_INFO", "/c%2Fd" }, { "REQUEST_URI", "/cgi-bin/env.cgi/c%2Fd" } });
        // Without an extra path, PATH_INFO is the file's own.
        Finds("env.cgi", "/cgi-bin/env.cgi", null, new()
        { { "SCRIPT_FILENAME", proxied }, { "SCRIPT_NAME", "/cgi-bin/env.cgi" }, { "PATH_INFO", file }, { "REQUEST_URI", "/cgi-bin/env.cgi" } });
        // The name of the script may come in the path before and after it.
        Finds("env.cgi", "/env.cgi/env.cgi", "/env.cgi", new()
        { { "SCRIPT_FILENAME", proxied }, { "SCRIPT_NAME", "/env.cg" }, { "PATH_INFO", "/env.cgi" }, { "REQUEST_URI", "/env.cgi/env.cgi/env.cgi" } });
        // After a rewrite the URL has another name.
        Finds("env.cgi", "/cgi-bin/env.cgi", "/x", new()
        { { "SCRIPT_FILENAME", proxied }, { "SCRIPT_NAME", "/cgi-bin/env.c" }, { "PATH_INFO", "/x" }, { "REQUEST_URI", "/nice" } });
    }

    [Fact]
    public void What_SetHandler_has_decoded_is_not_decoded_again()
    {
        Refuses(Resolution.NotFound, new()
        { { "SCRIPT_FILENAME", $"proxy:uwsgi://127.0.0.1:9000{_scripts}env%2Ecgi" }, { "PATH_INFO", _scripts + "env%2Ecgi" }, { "REQUEST_URI", "/cgi-bin/env%252Ecgi" } });
        Finds("x%41.cgi", "/cgi-bin/x%41.cgi", null, new()
        { { "SCRIPT_FILENAME", $"proxy:uwsgi://127.0.0.1:9000{_scripts}x%41.cgi" }, { "PATH_INFO", _scripts + "x%41.cgi" }, { "REQUEST_URI", "/cgi-bin/x%2541.cgi" } });
        Finds("a%2Fb.cgi", "/cgi-bin/a%2Fb.cgi", null, new()
        { { "SCRIPT_FILENAME", $"proxy:uwsgi://127.0.0.1:9000{_scripts}a%2Fb.cgi" }, { "SCRIPT_NAME", "/cgi-bin/a%2Fb.cgi" }, { "PATH_INFO", _scripts + "a%2Fb.cgi" }, { "REQUEST_URI", "/cgi-bin/a%252Fb.cgi" } });
    }

    [Theory]
    [InlineData("{0}env.cgi")]
    [InlineData("/{0}env.cgi")]
    [InlineData("/.{0}env.cgi")]
    [InlineData("/x/..{0}env.cgi")]
    [InlineData("/app{0}env.cgi")]
    public void The_path_of_a_file_that_a_client_writes_into_its_URL_is_not_SetHandler(string url)
    {
        string uri = string.Format(System.Globalization.CultureInfo.InvariantCulture, url, _scripts);
        RequestBlock request = new()
        { { "SCRIPT_FILENAME", $"proxy:uwsgi://127.0.0.1:9000{_scripts}env.cgi" }, { "SCRIPT_NAME", "" }, { "PATH_INFO", _scripts + "env.cgi" }, { "REQUEST_URI", uri } };
        Refuses(Resolution.NotFound, request, mount: "/cgi-bin");
    }

    [Theory]
    [InlineData("/m", "/m/env.cgi/x", "env.cgi", "/m/env.cgi", "/x")]
    [InlineData("/m/n", "//m/./n/env.cgi", "env.cgi", "//m/./n/env.cgi", null)]
    [InlineData("/", "/env.cgi", "env.cgi", "/env.cgi", null)]
    [InlineData("/app", "/app/env.cgi", "env.cgi", "/app/env.cgi", null)]
    [InlineData("/app", "/app/app/env.cgi", "app/env.cgi", "/app/app/env.cgi", null)]
    public void A_mount_is_taken_off_before_the_walk(string mount, string path, string file, string name, string? pathInfo)
    {
        name = name.Replace("//", "/", StringComparison.Ordinal).Replace("/./", "/", StringComparison.Ordinal);
        Finds(file, name, pathInfo, new() { { "PATH_INFO", path }, { "REQUEST_URI", path } }, mount);
        // ProxyPass, and nginx with an own SCRIPT_NAME beside its stock PATH_INFO, as without: modifier 30 has taken it off.
        Finds(file, name, pathInfo, new() { { "SCRIPT_FILENAME", "proxy:uwsgi://h" + path }, { "SCRIPT_NAME", "" }, { "PATH_INFO", path }, { "REQUEST_URI", path } }, mount);
        if (mount != "/" && path.StartsWith(mount, StringComparison.Ordinal))
        {
            Finds(file, name, pathInfo, new() { { "SCRIPT_NAME", mount }, { "PATH_INFO", path }, { "REQUEST_URI", path } }, mount);
            Finds(file, name, pathInfo, new() { { "SCRIPT_NAME", mount }, { "PATH_INFO", path[mount.Length..] }, { "REQUEST_URI", path }, { "DOCUMENT_ROOT", _scripts } }, mount);
        }
    }

    [Theory]
    [InlineData("/env.cgi")]
    [InlineData("/ma/env.cgi")]
    [InlineData("/app/env.cgi")]
    [InlineData("/x/m/env.cgi")]
    [InlineData("/m/none/env.cgi")]
    [InlineData("*")]
    [InlineData("http://host/m/env.cgi")]
    public void With_a_mount_nothing_else_leads_to_a_script(string path)
    {
        Refuses(Resolution.NotFound, new() { { "PATH_INFO", path }, { "REQUEST_URI", path }, { "DOCUMENT_ROOT", _scripts } }, mount: "/m");
        Refuses(Resolution.NotFound, new() { { "SCRIPT_NAME", path }, { "PATH_INFO", "" }, { "REQUEST_URI", path }, { "DOCUMENT_ROOT", _scripts } }, mount: "/m");
    }

    [Theory]
    [InlineData("/m/", null, "index.cgi", "/m/index.cgi")]
    [InlineData("/m/sub/", null, "sub/index.cgi", "/m/sub/index.cgi")]
    [InlineData("/m/none", nameof(Resolution.NotFound), "", "")]
    [InlineData("/m/none/", nameof(Resolution.NotFound), "", "")]
    [InlineData("/none", nameof(Resolution.NotFound), "", "")]
    [InlineData("/m", nameof(Resolution.NeedsSlash), "", "")]
    [InlineData("/m/sub", nameof(Resolution.NeedsSlash), "", "")]
    public void An_index_responds_for_a_directory_and_for_nothing_else(string path, string? refused, string file, string name)
    {
        foreach (RequestBlock request in new RequestBlock[] { new() { { "PATH_INFO", path }, { "REQUEST_URI", path } }, new() { { "SCRIPT_NAME", "/m" }, { "PATH_INFO", path }, { "REQUEST_URI", path } } })
        {
            if (request.Get("SCRIPT_NAME").Length > 0 && path == "/none")
                continue; // it would be below the mount
            if (refused is not null)
                Refuses(Enum.Parse<Resolution>(refused), request, "/m", "index.cgi");
            else
                Finds(file, name, null, request, "/m", "index.cgi");
        }
        if (refused == nameof(Resolution.NotFound))
            Refuses(Resolution.NotFound, new() { { "PATH_INFO", path }, { "REQUEST_URI", path } }, mount: null, index: "index.cgi");
    }

    [Theory, Trait("fault", "CVE-2018-7490")]
    [InlineData("/cgi-bin/../outside.cgi")]
    [InlineData("/cgi-bin/../../outside.cgi")]
    [InlineData("/..")]
    [InlineData("/cgi-bin/env.cgi/../../outside.cgi")]
    public void A_parent_in_the_path_is_refused(string path)
    {
        foreach (string? mount in new[] { null, "/cgi-bin" })
        {
            Refuses(Resolution.ParentReference, new() { { "PATH_INFO", path } }, mount);
            Refuses(Resolution.ParentReference, new() { { "SCRIPT_NAME", path }, { "PATH_INFO", "" } }, mount);
            Refuses(Resolution.ParentReference, new() { { "SCRIPT_FILENAME", "proxy:uwsgi://h" + path }, { "PATH_INFO", path }, { "REQUEST_URI", path } }, mount);
        }
    }

    [Theory, Trait("fault", "CVE-2018-7490")]
    [InlineData("/cgi-bin/%2e%2e/outside.cgi")]
    [InlineData("/cgi-bin/..%2Foutside.cgi")]
    [InlineData("/cgi-bin/..\\outside.cgi")]
    [InlineData("/cgi-bin/.../outside.cgi")]
    public void What_a_web_server_has_left_encoded_is_the_name_of_a_file_that_is_not_there(string path)
    {
        foreach (string? mount in new[] { null, "/cgi-bin" })
        {
            Refuses(Resolution.NotFound, new() { { "PATH_INFO", path } }, mount);
            Refuses(Resolution.NotFound, new() { { "PATH_INFO", path }, { "REQUEST_URI", path } }, mount);
        }
    }

    [Fact, Trait("fault", "CVE-2018-6758")]
    public void A_path_of_64_KiB_is_walked_without_harm_CVE_2018_6758()
    {
        foreach (string path in new[] { "/" + new string('a', 65_000), string.Concat(Enumerable.Repeat("/a", 32_000)), "/cgi-bin/" + new string('/', 60_000) + "none", "/cgi-bin/env.cgi" + new string('/', 60_000) })
        {
            foreach (string? mount in new[] { null, "/cgi-bin" })
            {
                using CommandLineTarget target = new CommandLineTarget(_scripts).WithUrls(mount);
                PreparedScript script = PreparedScript.For(target, new RequestBlock { { "PATH_INFO", path }, { "REQUEST_URI", path } });
                Assert.True(script.Resolution is Resolution.NotFound or Resolution.TooLong or Resolution.Found, $"{script.Resolution}");
                Assert.Equal(path.Contains("env.cgi", StringComparison.Ordinal), script.Resolution == Resolution.Found);
            }
        }
    }

    [Theory]
    [InlineData("/one.cgi/x", "", "/one.cgi", "/x")]
    [InlineData("/app/one.cgi/x", "", "/app/one.cgi", "/x")]
    [InlineData("/app/x", "/app", "/app", "/x")]
    [InlineData("/x/y", "", "", "/x/y")]
    public void The_one_script_of_a_command_line_is_found_in_its_URL(string path, string scriptName, string name, string pathInfo)
    {
        using CommandLineTarget target = new CommandLineTarget("/opt/one.cgi").WithUrls();
        var script = PreparedScript.For(target, new RequestBlock { { "SCRIPT_NAME", scriptName }, { "PATH_INFO", path }, { "REQUEST_URI", path } });
        Assert.Equal((name, pathInfo), (script["SCRIPT_NAME"], script["PATH_INFO"]));
        using CommandLineTarget mounted = new CommandLineTarget("/opt/one.cgi").WithUrls("/app");
        script = PreparedScript.For(mounted, new RequestBlock { { "PATH_INFO", "/app/x" }, { "REQUEST_URI", "/app/x" } });
        Assert.Equal(("/app", "/x"), (script["SCRIPT_NAME"], script["PATH_INFO"]));
        Assert.Equal(Resolution.NotFound, PreparedScript.For(mounted, new RequestBlock { { "PATH_INFO", "/apple/x" } }).Resolution);
    }

    [Theory]
    [InlineData("/cgi-bin/env.cgi/x%20y/c%2Fd", "env.cgi", "/cgi-bin/env.cgi", "/x y/c/d")]
    [InlineData("/cgi-bin/%65nv.cgi?q=/", "env.cgi", "/cgi-bin/env.cgi", null)]
    [InlineData("/cgi%2Dbin/sub/./deep.cgi//x", "sub/deep.cgi", "/cgi-bin/sub/deep.cgi", "//x")]
    [InlineData("/cgi-bin/x%2541.cgi", "x%41.cgi", "/cgi-bin/x%41.cgi", null)]
    [InlineData("/cgi-bin/a%252Fb.cgi", "a%2Fb.cgi", "/cgi-bin/a%2Fb.cgi", null)]
    public void A_URL_that_nobody_has_decoded_is_divided_first_and_decoded_once(string uri, string file, string name, string? pathInfo)
    {
        foreach (string? mount in new[] { null, "/cgi-bin" })
            Finds(file, name, pathInfo, new() { { "REQUEST_URI", uri } }, mount);
    }

    [Theory]
    [InlineData("/cgi-bin/sub%2Fdeep.cgi")]
    [InlineData("/cgi-bin/sub%2fdeep.cgi/x")]
    [InlineData("/cgi-bin/a%2Fb.cgi")]
    [InlineData("/cgi-bin%2Fenv.cgi")]
    [InlineData("/cgi-bin/env.cgi%00")]
    [InlineData("/cgi-bin/env.cgi%00/x")]
    [InlineData("/cgi-bin/%2565nv.cgi")]
    [InlineData("*")]
    public void A_part_of_a_URL_with_a_slash_or_a_NUL_in_it_is_not_a_file(string uri)
    {
        foreach (string? mount in new[] { null, "/cgi-bin" })
            Refuses(Resolution.NotFound, new() { { "REQUEST_URI", uri } }, mount);
    }

    [Theory, Trait("fault", "CVE-2018-7490")]
    [InlineData("/cgi-bin/%2e%2e/outside.cgi")]
    [InlineData("/cgi-bin/.%2E/outside.cgi")]
    [InlineData("/cgi-bin/env.cgi/..%2F..%2Foutside.cgi")]
    [InlineData("/cgi-bin/env.cgi/%2e%2e")]
    public void A_parent_in_a_URL_is_refused_however_it_is_encoded(string uri) => Refuses(Resolution.ParentReference, new() { { "REQUEST_URI", uri } }, "/cgi-bin");

    [Fact]
    public void A_request_that_names_nothing_is_refused() => Refuses(Resolution.NotNamed, new() { { "REQUEST_METHOD", "GET" } });

    [Fact]
    public void A_file_that_the_web_server_names_is_found_as_over_SCGI()
    {
        Finds("env.cgi", "/cgi-bin/env.cgi", "/x", new() { { "SCRIPT_FILENAME", _scripts + "env.cgi" }, { "SCRIPT_NAME", "/cgi-bin/env.cgi" }, { "PATH_INFO", "/x" }, { "REQUEST_URI", "/cgi-bin/env.cgi/x" } });
        Refuses(Resolution.Outside, new() { { "SCRIPT_FILENAME", _top.PathTo("outside.cgi") }, { "PATH_INFO", "/cgi-bin/env.cgi" } });
    }

    private void Finds(string file, string name, string? pathInfo, RequestBlock request, string? mount = null, string? index = null)
    {
        using CommandLineTarget target = new CommandLineTarget(_scripts).WithUrls(mount, index);
        var script = PreparedScript.For(target, request);
        string what = string.Join(' ', request);
        Assert.True(script.Resolution == Resolution.Found, $"{script.Resolution}: {what}");
        Assert.Equal((_scripts + file, name, pathInfo), (script.Path, script["SCRIPT_NAME"], script["PATH_INFO"]));
    }

    private void Refuses(Resolution resolution, RequestBlock request, string? mount = null, string? index = null)
    {
        using CommandLineTarget target = new CommandLineTarget(_scripts).WithUrls(mount, index);
        Assert.Equal((resolution, string.Join(' ', request)), (PreparedScript.For(target, request).Resolution, string.Join(' ', request)));
    }
}
