using Shims.Cgi;
using Shims.Testing;

namespace Shims.Tests.Cgi;

/// <summary>Unlike the other tests here these need files: a small directory of scripts and links, made anew for each test.</summary>
public sealed class ScriptResolverTests : IDisposable
{
    private const string AwkwardPathInfo = "/a b/\xC3\xA9\xE2\x82\xAC/c/d/~x;y=1,2+3@z";

    private readonly TemporaryFolder _top = new();
    private readonly string _scripts;
    private readonly string _script;

    public ScriptResolverTests()
    {
        _script = _top.WriteScript("www/cap-bin/env.cgi", "#!/bin/sh\n");
        _top.WriteScript("www/cap-bin/post.cgi", "#!/bin/sh\n");
        _top.WriteScript("www/cap-bin/sub/deep.cgi", "#!/bin/sh\n");
        _top.WriteScript("www/cap-bin-evil/env.cgi", "#!/bin/sh\n");
        _top.WriteScript("outside.cgi", "#!/bin/sh\n");
        _scripts = _top.PathTo("www/cap-bin") + "/";
    }

    public static TheoryData<string, string> Recorded { get; } = [.. RecordedRequest.All];

    public void Dispose() => _top.Dispose();

    [Theory, MemberData(nameof(Recorded))]
    public void A_script_in_a_directory_is_found_and_sees_the_same_whichever_web_server_asks(string server, string request)
    {
        string name = request is "post" or "chunked" ? "post.cgi" : "env.cgi";
        using var target = new CommandLineTarget(_scripts);
        var script = PreparedScript.For(target, RecordedRequest.Of(server, request, _top.Path), bodyLength: name == "post.cgi" ? 70000 : 0);
        Assert.Equal(Resolution.Found, script.Resolution);
        Assert.Equal(_scripts + name, script.Path);
        SeesWhatItShould(script, request, name);
    }

    [Theory, MemberData(nameof(Recorded))]
    public void The_one_script_of_a_command_line_sees_the_same_whichever_web_server_asks(string server, string request)
    {
        string name = request is "post" or "chunked" ? "post.cgi" : "env.cgi";
        using var target = new CommandLineTarget("/opt/elsewhere/" + name);
        SeesWhatItShould(PreparedScript.For(target, RecordedRequest.Of(server, request, _top.Path), bodyLength: name == "post.cgi" ? 70000 : 0), request, name);
    }

    [Fact]
    public void SCRIPT_FILENAME_leads_to_the_script_and_what_follows_is_PATH_INFO()
    {
        Finds("/env.cgi", "", new() { { "SCRIPT_FILENAME", _script } });
        Finds("/env.cgi", "/x/y", new() { { "SCRIPT_FILENAME", _script + "/x/y" } });
        Finds("/env.cgi", "/", new() { { "SCRIPT_FILENAME", _script + "/" } });
        Finds("/env.cgi", "/x/", new() { { "SCRIPT_FILENAME", _script + "/x/" } });
        Finds("/sub/deep.cgi", "/x", new() { { "SCRIPT_FILENAME", _scripts + "sub/deep.cgi/x" } });
        Finds("/env.cgi", "", new() { { "SCRIPT_FILENAME", "/" + _script } });
        Finds("/env.cgi", "", new() { { "SCRIPT_FILENAME", _scripts + ".//./env.cgi" } });
    }

    [Theory, Trait("fault", "F07")]
    [InlineData("/cap-bin/env.cgi", "")]
    [InlineData("/cap-bin/env.cgi", "/")]
    [InlineData("/cap-bin/env.cgi", "//")]
    [InlineData("/cap-bin/env.cgi", "/a//b")]
    [InlineData("/cap-bin/env.cgi", "//a")]
    [InlineData("/cap-bin/env.cgi", "/./a")]
    [InlineData("/cap-bin/env.cgi", "/a/./b/")]
    [InlineData("/cap-bin/env.cgi", "/a/.")]
    [InlineData("/cap-bin/env.cgi", "/env.cgi//x")]
    [InlineData("//cap-bin/env.cgi", "/a/b")]
    [InlineData("/./cap-bin//env.cgi", "/a//b")]
    public void However_a_path_is_spelt_it_divides_at_the_script(string name, string pathInfo)
    {
        string root = _top.PathTo("www");
        // Caddy without split, Caddy and HAProxy with one, a web server that sends the path of the file only, and mod_proxy_fcgi.
        RequestBlock[] shapes =
        [
            new() { { "SCRIPT_FILENAME", root }, { "DOCUMENT_ROOT", root }, { "SCRIPT_NAME", "" }, { "PATH_INFO", name + pathInfo }, { "REQUEST_URI", name + pathInfo } },
            new() { { "SCRIPT_FILENAME", root }, { "DOCUMENT_ROOT", root }, { "SCRIPT_NAME", "" }, { "DOCUMENT_URI", "/other" }, { "PATH_INFO", name + pathInfo }, { "REQUEST_URI", name + pathInfo } },
            new() { { "SCRIPT_FILENAME", root + name }, { "DOCUMENT_ROOT", root }, { "SCRIPT_NAME", name }, { "PATH_INFO", pathInfo }, { "REQUEST_URI", name + pathInfo } },
            new() { { "DOCUMENT_ROOT", root }, { "SCRIPT_NAME", name + pathInfo }, { "REQUEST_URI", name + pathInfo } },
            new() { { "SCRIPT_FILENAME", root + name + pathInfo }, { "SCRIPT_NAME", name + pathInfo }, { "REQUEST_URI", name + pathInfo } },
        ];
        foreach (RequestBlock request in shapes)
        {
            PreparedScript script = Prepare(_scripts, request);
            Assert.Equal((Resolution.Found, _script), (script.Resolution, script.Path));
            Assert.Equal(("/cap-bin/env.cgi", pathInfo), (script["SCRIPT_NAME"], script["PATH_INFO"] ?? ""));
        }
    }

    [Theory, Trait("fault", "F07")]
    [InlineData("//evil.example/a", "/evil.example/a")]
    [InlineData("///a/.//./b", "/a/b")]
    [InlineData("/.", "")]
    [InlineData("/a/", "/a/")]
    [InlineData("/.a/b./..c", "/.a/b./..c")]
    [InlineData("/", "/")]
    [InlineData("", "")]
    public void SCRIPT_NAME_has_no_empty_components_so_that_no_link_leads_to_another_host(string sent, string expected) =>
        Assert.Equal(expected, Prepare("/opt/elsewhere/one.cgi", new() { { "SCRIPT_NAME", sent }, { "PATH_INFO", "/x" } })["SCRIPT_NAME"]);

    [Fact]
    public void Apaches_prefix_and_percent_signs_are_undone()
    {
        _top.WriteScript("www/cap-bin/a b.cgi", "#!/bin/sh\n");
        Finds("/env.cgi", "", new() { { "SCRIPT_FILENAME", "proxy:fcgi://127.0.0.1:9000" + _script } });
        Finds("/env.cgi", "", new() { { "SCRIPT_FILENAME", "proxy:fcgi://name/" + _script } });
        // ProxyPass /cap-bin/ fcgi://127.0.0.1:9000/srv/cap-bin/, which encodes what the client did not.
        foreach (string url in (string[])["/cap-bin/a%20b.cgi?q", "/cap-bin/%61%20b.cgi", "http://host/cap-bin/a b.cgi"])
            Finds("/a b.cgi", "", new() { { "SCRIPT_FILENAME", "proxy:fcgi://127.0.0.1:9000" + _scripts + "a%20b.cgi" }, { "REQUEST_URI", url } });
        Finds("/a b.cgi", "/x/y z", new() { { "SCRIPT_FILENAME", "proxy:fcgi://127.0.0.1:9000" + _scripts + "a%20b.cgi/x%2Fy%20z" }, { "REQUEST_URI", "/cap-bin/a%20b.cgi/x%2Fy%20z" } });
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", _scripts + "a%20b.cgi" } });
    }

    [Fact]
    public void A_file_whose_name_has_a_percent_sign_is_found_by_its_name()
    {
        _top.WriteScript("www/cap-bin/100%41.cgi", "#!/bin/sh\n");
        Finds("/100%41.cgi", "", new() { { "SCRIPT_FILENAME", _scripts + "100%41.cgi" } });
        Finds("/100%41.cgi", "", new() { { "SCRIPT_FILENAME", "proxy:fcgi://h" + _scripts + "100%2541.cgi" }, { "REQUEST_URI", "/cap-bin/100%2541.cgi" } });
    }

    [Theory]
    [InlineData("%65nv.cgi", "%2565nv.cgi")]
    [InlineData("%65nv.cgi/%65nv.cgi", "%2565nv.cgi/%2565nv.cgi")]
    [InlineData("sub/%64eep.cgi", "sub/%2564eep.cgi")]
    [InlineData("sub%2Fdeep.cgi", "sub%2Fdeep.cgi")]
    [InlineData("sub%2Fdeep.cgi", "sub%252Fdeep.cgi")]
    [InlineData("%2Fenv.cgi", "%2Fenv.cgi")]
    [InlineData(".%2Fenv.cgi", ".%2Fenv.cgi")]
    public void What_SetHandler_has_decoded_is_not_decoded_again_past_Apaches_rules(string file, string url) =>
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", "proxy:fcgi://fcgi-run" + _scripts + file }, { "SCRIPT_NAME", "/cap-bin/" + file }, { "REQUEST_URI", "/cap-bin/" + url }, { "DOCUMENT_ROOT", "/var/www/html" } });

    [Theory]
    [InlineData("a%20b.cgi", "/cap-bin/a b.cgi", "/cap-bin/a%20b.cgi")]
    [InlineData("two%20words/env.cgi", "/cap-bin/two words/env.cgi", "/cap-bin/two%20words/env.cgi")]
    [InlineData("100%2541.cgi", "/cap-bin/100%41.cgi", "/cap-bin/100%2541.cgi")]
    public void Of_a_script_that_mod_proxy_scgi_has_encoded_again_the_path_is_decoded_once_with_and_without_PATH_INFO(string file, string name, string url)
    {
        foreach (string script in (string[])["a b.cgi", "two words/env.cgi", "100%41.cgi"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_scripts + script)!);
            _top.WriteScript("www/cap-bin/" + script, "#!/bin/sh\n");
        }
        foreach (string more in (string[])["", "/env.cgi/x%20y", "/c%2Fd"])
        {
            var request = new RequestBlock { { "SCRIPT_FILENAME", "proxy:scgi://127.0.0.1:9000" + _scripts + file }, { "SCRIPT_NAME", name }, { "REQUEST_URI", url + more }, { "DOCUMENT_ROOT", "/var/www/html" } };
            string plain = more.Replace("%20", " ", StringComparison.Ordinal);
            if (more.Length > 0)
                request.Add("PATH_INFO", plain);
            Finds(name["/cap-bin".Length..], plain.Replace("%2F", "/", StringComparison.Ordinal), request);
        }
    }

    [Fact]
    public void Without_SCRIPT_FILENAME_the_document_root_and_SCRIPT_NAME_lead_to_the_script()
    {
        Finds("/env.cgi", "", new() { { "DOCUMENT_ROOT", _top.PathTo("www") }, { "SCRIPT_NAME", "/cap-bin/env.cgi" } });
        Finds("/env.cgi", "", new() { { "SCRIPT_FILENAME", "" }, { "DOCUMENT_ROOT", _top.PathTo("www") + "/" }, { "SCRIPT_NAME", "/cap-bin/env.cgi" } });
        Finds("/env.cgi", "/x", new() { { "DOCUMENT_ROOT", _top.PathTo("www") }, { "SCRIPT_NAME", "/cap-bin/env.cgi/x" } });
        Finds("/env.cgi", "/x", new() { { "DOCUMENT_ROOT", _top.PathTo("www") }, { "DOCUMENT_URI", "/cap-bin/env.cgi/x" } });
    }

    [Fact]
    public void Without_either_the_directory_and_SCRIPT_NAME_and_PATH_INFO_lead_to_the_script()
    {
        Finds("/env.cgi", "", new() { { "SCRIPT_NAME", "/env.cgi" } });
        Finds("/env.cgi", "/x", new() { { "SCRIPT_NAME", "/env.cgi" }, { "PATH_INFO", "/x" } });
        Finds("/sub/deep.cgi", "/x", new() { { "SCRIPT_NAME", "/sub" }, { "PATH_INFO", "/deep.cgi/x" } });
        Finds("/env.cgi", "", new() { { "SCRIPT_NAME", "/env.cgi" }, { "DOCUMENT_ROOT", "/var/www/html" } });
    }

    [Fact]
    public void A_mounted_directory_finds_its_scripts_by_PATH_INFO()
    {
        // Apache: ProxyPass /scripts/ scgi://127.0.0.1:9000/
        var request = new RequestBlock
        {
            { "SCRIPT_FILENAME", "proxy:scgi://127.0.0.1:9000/env.cgi/x%20y" }, { "SCRIPT_NAME", "/scripts" }, { "PATH_INFO", "/env.cgi/x%20y" }, { "REQUEST_URI", "/scripts/env.cgi/x%20y?q" },
            { "DOCUMENT_ROOT", _top.PathTo("www") },
        };
        Finds("/env.cgi", "/x y", request);
        Assert.Equal("/scripts/env.cgi", Prepare(_scripts, request)["SCRIPT_NAME"]);
    }

    [Fact]
    public void A_mounted_directory_finds_its_scripts_without_PATH_INFO_too()
    {
        // As Apache 2.4 does unless proxy-scgi-pathinfo is set.
        var request = new RequestBlock
        {
            { "SCRIPT_FILENAME", "proxy:scgi://127.0.0.1:9000/env.cgi/x%20y/c%2Fd" }, { "SCRIPT_NAME", "/scripts/env.cgi/x y/c%2Fd" }, { "REQUEST_URI", "/scripts/env.cgi/x%20y/c%2Fd?q" },
            { "DOCUMENT_ROOT", _top.PathTo("www") },
        };
        Finds("/env.cgi", "/x y/c/d", request);
        Assert.Equal("/scripts/env.cgi", Prepare(_scripts, request)["SCRIPT_NAME"]);
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", "proxy:scgi://127.0.0.1:9000/missing.cgi/env.cgi" }, { "SCRIPT_NAME", "/scripts/missing.cgi/env.cgi" }, { "DOCUMENT_ROOT", _top.PathTo("www") } });
    }

    [Fact]
    public void A_request_that_names_nothing_finds_nothing()
    {
        Refuses(Resolution.NotNamed, []);
        Refuses(Resolution.NotNamed, new() { { "SCRIPT_FILENAME", "" }, { "SCRIPT_NAME", "" }, { "PATH_INFO", "" }, { "DOCUMENT_ROOT", _scripts } });
    }

    [Fact]
    public void A_file_that_does_not_exist_is_not_found_one_directory_up()
    {
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", _scripts + "missing.cgi" } });
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", _scripts + "missing.cgi/env.cgi" } });
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", _scripts + "env.cgi.bak/x" }, { "SCRIPT_NAME", "/env.cgi" } });
        Refuses(Resolution.NotFound, new() { { "SCRIPT_NAME", "/missing.cgi" } });
    }

    [Fact]
    public void A_path_to_a_script_that_does_not_exist_cannot_go_on_to_one_that_does() =>
        Refuses(Resolution.NotFound, new() { { "SCRIPT_NAME", "/cap-bin/missing.cgi" }, { "PATH_INFO", "/env.cgi" }, { "DOCUMENT_ROOT", _top.PathTo("www") }, { "REQUEST_URI", "/cap-bin/missing.cgi/env.cgi" } });

    [Fact]
    public void A_script_that_Apache_names_outside_the_directory_is_refused() =>
        // SetHandler "proxy:unix:...|fcgi://fcgi-run" and /cap-bin/missing.cgi/env.cgi
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", "proxy:fcgi://fcgi-run" + _scripts + "missing.cgi" }, { "SCRIPT_NAME", "/cap-bin/missing.cgi" }, { "PATH_INFO", "/env.cgi" }, { "DOCUMENT_ROOT", "/var/www/html" }, { "REQUEST_URI", "/cap-bin/missing.cgi/env.cgi" } });

    [Theory]
    [InlineData("{0}post.cgi", "{0}post.cgi")]
    [InlineData("/{0}post.cgi", "{0}post.cgi")] // the slash of ProxyPass /cap-bin/env.cgi scgi://127.0.0.1:9000/
    [InlineData("{0}post.cgi", "/{0}post.cgi")]
    [InlineData("{0}%70ost.cgi", "{0}post.cgi")] // AllowEncodedSlashes, nocanon, and a PATH_INFO that was decoded
    public void The_path_after_the_script_in_the_URL_cannot_choose_another_script(string passed, string pathInfo)
    {
        // ProxyPass /cap-bin/env.cgi scgi://127.0.0.1:9000 sends PATH_INFO behind the prefix, and no path of a file.
        (passed, pathInfo) = (string.Format(null, passed, _scripts), string.Format(null, pathInfo, _scripts));
        var request = new RequestBlock
        {
            { "SCRIPT_FILENAME", "proxy:scgi://127.0.0.1:9000" + passed }, { "PATH_INFO", pathInfo }, { "SCRIPT_NAME", "/cap-bin/env.cgi" },
            { "DOCUMENT_ROOT", _top.PathTo("www") }, { "REQUEST_URI", "/cap-bin/env.cgi" + pathInfo },
        };
        Finds("/env.cgi", pathInfo, request);
    }

    [Theory]
    [InlineData("SCRIPT_FILENAME", "{0}../outside.cgi")]
    [InlineData("SCRIPT_FILENAME", "{0}sub/../env.cgi")]
    [InlineData("SCRIPT_FILENAME", "{0}env.cgi/..")]
    [InlineData("SCRIPT_FILENAME", "{0}env.cgi/../x")]
    [InlineData("SCRIPT_FILENAME", "../env.cgi")]
    [InlineData("SCRIPT_FILENAME", "..")]
    [InlineData("SCRIPT_NAME", "/../env.cgi")]
    [InlineData("SCRIPT_NAME", "/sub/../env.cgi")]
    [InlineData("SCRIPT_NAME", "..")]
    public void A_path_with_a_parent_reference_is_refused(string name, string value) =>
        Refuses(Resolution.ParentReference, new() { { name, string.Format(null, value, _scripts) } });

    [Theory]
    [InlineData("/..")]
    [InlineData("/../x")]
    [InlineData("/x/../y")]
    [InlineData("/x/..")]
    public void PATH_INFO_with_a_parent_reference_is_refused(string pathInfo)
    {
        Refuses(Resolution.ParentReference, new() { { "SCRIPT_FILENAME", _script }, { "SCRIPT_NAME", "/env.cgi" }, { "PATH_INFO", pathInfo } });
        Refuses(Resolution.ParentReference, new() { { "SCRIPT_NAME", "/env.cgi" }, { "PATH_INFO", pathInfo } });
        string encoded = pathInfo.Replace(".", "%2e", StringComparison.Ordinal);
        Refuses(Resolution.ParentReference, new() { { "SCRIPT_FILENAME", _script }, { "SCRIPT_NAME", "/env.cgi" }, { "PATH_INFO", encoded }, { "REQUEST_URI", "/env.cgi" + encoded } });
        using var target = new CommandLineTarget(_script);
        Assert.Equal(Resolution.ParentReference, PreparedScript.For(target, new() { { "SCRIPT_NAME", "/env.cgi" }, { "PATH_INFO", pathInfo } }).Resolution);
    }

    [Theory]
    [InlineData("proxy:fcgi://h{0}../outside.cgi")]
    [InlineData("proxy:fcgi://h{0}%2e%2e/outside.cgi")]
    [InlineData("proxy:fcgi://h{0}sub%2F..%2Fenv.cgi")]
    public void A_parent_reference_after_Apaches_prefix_is_refused_whatever_else_was_sent(string path)
    {
        path = string.Format(null, path, _scripts);
        Refuses(Resolution.ParentReference, new() { { "SCRIPT_FILENAME", path }, { "SCRIPT_NAME", "/env.cgi" } });
    }

    [Fact]
    public void Dots_that_are_not_parent_references_are_ordinary()
    {
        foreach (string name in new[] { "...", "..a", "a..", ".hidden", "a..b" })
        {
            _top.WriteScript($"www/cap-bin/{name}", "#!/bin/sh\n");
            Finds("/" + name, "/..x", new() { { "SCRIPT_FILENAME", _scripts + name + "/..x" } });
        }
    }

    [Fact]
    public void A_script_outside_the_directory_is_refused()
    {
        Refuses(Resolution.Outside, new() { { "SCRIPT_FILENAME", _top.PathTo("outside.cgi") } });
        Refuses(Resolution.Outside, new() { { "SCRIPT_FILENAME", _top.PathTo("www/cap-bin-evil/env.cgi") } });
        Refuses(Resolution.Outside, new() { { "SCRIPT_FILENAME", "/bin/sh" } });
        Refuses(Resolution.Outside, new() { { "SCRIPT_FILENAME", "env.cgi" } });
        Refuses(Resolution.Outside, new() { { "SCRIPT_FILENAME", "/" }, { "DOCUMENT_ROOT", "/srv" } });
        Refuses(Resolution.Outside, new() { { "SCRIPT_FILENAME", "/nowhere/env.cgi" } });
    }

    [Fact]
    public void A_directory_is_not_a_script()
    {
        Refuses(Resolution.IsDirectory, new() { { "SCRIPT_FILENAME", _scripts + "sub" } });
        Refuses(Resolution.IsDirectory, new() { { "SCRIPT_FILENAME", _scripts + "sub/" } });
        Refuses(Resolution.IsDirectory, new() { { "SCRIPT_FILENAME", _scripts } });
        Refuses(Resolution.IsDirectory, new() { { "SCRIPT_FILENAME", _scripts.TrimEnd('/') } });
    }

    [Fact]
    public void A_device_is_not_run()
    {
        File.CreateSymbolicLink(_scripts + "null", "/dev/null");
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to whom /dev/null belongs");
        Refuses(Resolution.NotAFile, new() { { "SCRIPT_FILENAME", _scripts + "null" } });
    }

    [Fact]
    public void A_link_within_the_directory_is_followed()
    {
        File.CreateSymbolicLink(_scripts + "link.cgi", "env.cgi");
        File.CreateSymbolicLink(_scripts + "folder", "sub");
        Finds("/link.cgi", "/x", new() { { "SCRIPT_FILENAME", _scripts + "link.cgi/x" } });
        Finds("/folder/deep.cgi", "", new() { { "SCRIPT_FILENAME", _scripts + "folder/deep.cgi" } });
    }

    [Fact]
    public void A_link_out_of_the_directory_is_followed_if_link_and_file_have_one_owner()
    {
        File.CreateSymbolicLink(_scripts + "out.cgi", _top.PathTo("outside.cgi"));
        File.CreateSymbolicLink(_scripts + "evil", _top.PathTo("www/cap-bin-evil"));
        Finds("/out.cgi", "", new() { { "SCRIPT_FILENAME", _scripts + "out.cgi" } });
        Finds("/evil/env.cgi", "", new() { { "SCRIPT_FILENAME", _scripts + "evil/env.cgi" } });
    }

    [Fact]
    public void A_link_out_of_the_directory_is_refused_if_another_user_made_it()
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to give files away");
        foreach (string leadsTo in new[] { _top.PathTo("outside.cgi"), "/bin/sh", _top.PathTo("www/cap-bin-evil"), "../../outside.cgi" })
        {
            string link = _scripts + "out" + Path.GetRandomFileName();
            File.CreateSymbolicLink(link, leadsTo);
            Ownership.Give(link, Ownership.Nobody);
            Refuses(Resolution.LinkLeaves, new() { { "SCRIPT_FILENAME", link } });
            Refuses(Resolution.LinkLeaves, new() { { "SCRIPT_FILENAME", link + "/env.cgi" } });
        }
    }

    [Fact]
    public void A_link_that_root_made_is_followed_to_the_file_of_any_user()
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to give files away");
        Ownership.Give(_top.PathTo("outside.cgi"), Ownership.Nobody);
        File.CreateSymbolicLink(_scripts + "out.cgi", _top.PathTo("outside.cgi"));
        Finds("/out.cgi", "", new() { { "SCRIPT_FILENAME", _scripts + "out.cgi" } });
    }

    [Fact]
    public void A_link_of_another_user_within_the_directory_is_followed()
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to give files away");
        File.CreateSymbolicLink(_scripts + "link.cgi", "env.cgi");
        Ownership.Give(_scripts + "link.cgi", Ownership.Nobody);
        Finds("/link.cgi", "", new() { { "SCRIPT_FILENAME", _scripts + "link.cgi" } });
    }

    [Fact]
    public void A_link_to_nothing_or_to_itself_is_not_a_script()
    {
        File.CreateSymbolicLink(_scripts + "dangling.cgi", "nothing");
        File.CreateSymbolicLink(_scripts + "loop.cgi", "loop.cgi");
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", _scripts + "dangling.cgi" } });
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", _scripts + "loop.cgi" } });
    }

    [Fact]
    public void The_web_server_may_know_the_directory_by_another_name()
    {
        Directory.CreateSymbolicLink(_top.PathTo("site"), _top.PathTo("www"));
        string linked = _top.PathTo("site/cap-bin");
        Assert.Equal(Resolution.Found, Prepare(_scripts, new() { { "SCRIPT_FILENAME", linked + "/env.cgi" } }).Resolution);
        Assert.Equal(Resolution.Found, Prepare(linked + "/", new() { { "SCRIPT_FILENAME", _script } }).Resolution);
        Assert.Equal(Resolution.Outside, Prepare(linked + "/", new() { { "SCRIPT_FILENAME", _top.PathTo("site/cap-bin-evil/env.cgi") } }).Resolution);
    }

    [Fact]
    public void A_path_of_ten_thousand_segments_is_not_a_script_and_may_follow_one()
    {
        string segments = string.Concat(Enumerable.Repeat("/s", 10_000));
        Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", _scripts.TrimEnd('/') + segments } });
        Refuses(Resolution.NotFound, new() { { "SCRIPT_NAME", segments } });
        Refuses(Resolution.NotFound, new() { { "SCRIPT_NAME", "/sub" + string.Concat(Enumerable.Repeat("/.", 10_000)) + segments } });
        Refuses(Resolution.Outside, new() { { "SCRIPT_FILENAME", segments } });
        Finds("/env.cgi", segments, new() { { "SCRIPT_FILENAME", _script + segments } });
    }

    [Fact]
    public void A_name_longer_than_any_file_can_have_is_not_a_script()
    {
        foreach (int length in new[] { 255, 256, 4095, 4096, 4097, 70_000 })
            Refuses(Resolution.NotFound, new() { { "SCRIPT_FILENAME", _scripts + new string('x', length) } });
    }

    [Theory]
    [InlineData("proxy:fcgi://h{0}env.cgi%00LD_PRELOAD=evil")]
    [InlineData("proxy:fcgi://h{0}env.cgi/x%00LD_PRELOAD=evil")]
    [InlineData("proxy:fcgi://h{0}sub%00x/deep.cgi")]
    public void A_NUL_in_percent_signs_never_cuts_a_path_nor_adds_a_variable(string scriptFile)
    {
        scriptFile = string.Format(null, scriptFile, _scripts);
        PreparedScript script = Prepare(_scripts, new() { { "SCRIPT_FILENAME", scriptFile }, { "SCRIPT_NAME", "/env.cgi" }, { "REQUEST_URI", "/env.cgi/x%00LD_PRELOAD=evil" } });
        Assert.DoesNotContain(script.Environment, variable => variable.StartsWith("LD_PRELOAD", StringComparison.Ordinal));
        Assert.All(script.Environment, variable => Assert.Contains('=', variable));
    }

    [Fact]
    public void The_one_script_of_a_command_line_is_taken_whatever_the_request_says()
    {
        PreparedScript script = Prepare("/opt/elsewhere/one.cgi", new() { { "SCRIPT_FILENAME", "/bin/sh" }, { "SCRIPT_NAME", "/app" }, { "PATH_INFO", "/x" }, { "REQUEST_URI", "/app/x" } });
        Assert.Equal("/opt/elsewhere/one.cgi", script.Path);
        Assert.Equal("/opt/elsewhere", script.Directory);
        Assert.Equal("/app", script["SCRIPT_NAME"]);
        Assert.Equal("/x", script["PATH_INFO"]);
        Assert.Equal("/opt/elsewhere/one.cgi", script["SCRIPT_FILENAME"]);
    }

    private static void SeesWhatItShould(PreparedScript script, string request, string name)
    {
        bool isAwkward = request == RecordedRequest.Awkward, isPost = name == "post.cgi";
        Assert.Equal("/cap-bin/" + name, script["SCRIPT_NAME"]);
        Assert.Equal(isAwkward ? AwkwardPathInfo : null, script["PATH_INFO"]);
        // h2o sends no DOCUMENT_ROOT.
        Assert.Equal(isAwkward && script["DOCUMENT_ROOT"] is { } root ? root + AwkwardPathInfo : null, script["PATH_TRANSLATED"]);
        Assert.Equal(isAwkward ? "a=%20b&c=%2F" : "", script["QUERY_STRING"]);
        Assert.Equal("CGI/1.1", script["GATEWAY_INTERFACE"]);
        Assert.Equal(isPost ? "70000" : null, script["CONTENT_LENGTH"]);
        Assert.Equal(isPost ? "text/x-matrix" : null, script["CONTENT_TYPE"]);
        Assert.Equal(isPost ? "POST" : request == "head" ? "HEAD" : "GET", script["REQUEST_METHOD"]);
        Assert.Equal("127.0.0.1", script["REMOTE_ADDR"]);
        Assert.Equal("8080", script["SERVER_PORT"]);
        Assert.Equal("HTTP/1.1", script["SERVER_PROTOCOL"]);
        Assert.Equal("a=b", script["HTTP_COOKIE"]);
        Assert.DoesNotContain(':', script["SERVER_NAME"]!);
        Assert.NotEqual("", script["SERVER_SOFTWARE"]);
        foreach (string absent in new[] { "SCGI", "HTTP_PROXY", "HTTP_AUTHORIZATION", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_CONNECTION", "proxy-nokeepalive", "proxy-scgi-pathinfo" })
            Assert.Null(script[absent]);
        foreach (string absent in new[] { "AUTH_TYPE=", "REMOTE_USER=", "REMOTE_IDENT=", "REMOTE_HOST=", "CONTENT_TYPE=" })
            Assert.DoesNotContain(absent, script.Environment);
    }

    private void Finds(string script, string pathInfo, RequestBlock request)
    {
        PreparedScript found = Prepare(_scripts, request);
        Assert.Equal(Resolution.Found, found.Resolution);
        Assert.Equal(_scripts.TrimEnd('/') + script, found.Path);
        Assert.Equal(pathInfo, found["PATH_INFO"] ?? "");
    }

    private void Refuses(Resolution expected, RequestBlock request) => Assert.Equal(expected, Prepare(_scripts, request).Resolution);

    private static PreparedScript Prepare(string target, RequestBlock request)
    {
        using var commandLine = new CommandLineTarget(target);
        return PreparedScript.For(commandLine, request);
    }
}
