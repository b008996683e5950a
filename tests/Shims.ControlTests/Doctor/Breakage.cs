namespace Shims.ControlTests.Doctor;

/// <summary>One way in which a script, or what lies beside it, is broken.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Break">Sets it up in a sandbox, and returns what doctor is to look at.</param>
internal sealed record Breakage(string Name, Func<Sandbox, string, string> Break)
{
    private const string Works = "#!/bin/sh\necho 'Content-Type: text/plain'\necho\necho works\n";

    /// <summary>Whether doctor prints a command for it, after which the fault is gone, where no name stands in the way.</summary>
    internal bool HasCure { get; init; } = true;

    /// <summary>All that there are.</summary>
    internal static IReadOnlyList<Breakage> All { get; } =
    [
        new("mode 644", (box, name) => WithMode(box.Script(name, Works), "644")),
        new("mode 700", (box, name) => WithMode(box.Script(name, Works), "700")),
        new("mode 600", (box, name) => WithMode(box.Script(name, Works), "600")),
        new("mode 711", (box, name) => WithMode(box.Script(name, Works), "711")),
        new("mode 757", (box, name) => WithMode(box.Script(name, Works), "757")),
        new("mode 4755", (box, name) => WithMode(box.Script(name, Works), "4755")) { HasCure = false },
        new("its folder is closed", (box, name) => { string script = box.Script(name, Works); WithMode(box.Site, "700"); return script; }),
        new("a folder in it is closed", (box, name) => { string script = box.Script($"sub/{name}", Works); WithMode(Path.GetDirectoryName(script)!, "700"); return box.Site + "/"; }),
        new("the folder above is closed", (box, name) => { string script = box.Script(name, Works); WithMode(Path.GetDirectoryName(box.Site)!, "700"); return script; }) { HasCure = false },
        new("lines of Windows", (box, name) => box.Script(name, Works.Replace("\n", "\r\n", StringComparison.Ordinal))),
        new("byte order mark", (box, name) => box.Script(name, "\uFEFF" + Works)),
        new("no first line", (box, name) => box.Script(name + ".sh", Works[10..])),
        new("interpreter elsewhere", (box, name) => box.Script(name, "#!/no/such/sh" + Works[9..])),
        new("env without -S", (box, name) => box.Script(name, "#!/usr/bin/env sh -u" + Works[9..])),
        new("module beside it", (box, name) => { Write(box, "lib/Shop/Report.pm", "package Shop::Report; 1;\n"); return box.Script(name, "#!/usr/bin/perl\nuse Shop::Report;\nprint \"Content-Type: text/plain\\n\\nworks\\n\";\n"); }),
        new("Python module beside it", (box, name) => { Write(box, "lib/shop.py", "x = 1\n"); return box.Script(name, "#!/usr/bin/python3\nimport shop\nprint('Content-Type: text/plain\\n\\nworks')\n"); }),
        new("module that may not be read", (box, name) => { WithMode(Write(box, "Shop.pm", "package Shop; 1;\n"), "600"); return box.Script(name, "#!/usr/bin/perl\nuse FindBin;\nuse lib $FindBin::Bin;\nuse Shop;\nprint \"Content-Type: text/plain\\n\\nworks\\n\";\n"); }),
        new("semicolon forgotten", (box, name) => box.Script(name, "#!/usr/bin/perl\nprint \"Content-Type: text/plain\\n\\n\"\nprint \"works\\n\";\n")),
        new("output before the header", (box, name) => box.Script(name, Works.Replace("#!/bin/sh\n", "#!/bin/sh\necho \"debug & more\"\n", StringComparison.Ordinal))),
        new("no header", (box, name) => box.Script(name, "#!/bin/sh\necho '<p>works'\n")),
        new("a header that is not quite one", (box, name) => box.Script(name, "#!/bin/sh\nprintf '\\357\\273\\277Content-Type: text/plain\\n\\nbody\\n'\n")) { HasCure = false },
        new("asks its input", (box, name) => box.Script(name, "#!/usr/bin/python3\nname = input('Who? ')\nprint('Content-Type: text/plain\\n\\nworks' + name)\n")),
        new("redirect without a status", (box, name) => box.Script(name, "#!/bin/sh\necho 'Location: /thanks'\necho\n")),
        new("home that is not set", (box, name) => box.Script(name, "#!/bin/sh\nset -u\necho 'Content-Type: text/plain'\necho\necho \"$HOME\"\n")),
        new("says that it may not write a file of the system", (box, name) => box.Script(name, Saying("sh: cannot create /etc/passwd: Permission denied"))) { HasCure = false },
        new("says that it may not write to a folder of the system", (box, name) => box.Script(name, Saying("sh: cannot create /etc/cron.d/x: Permission denied"))) { HasCure = false },
        new("says that it may not read a secret", (box, name) => box.Script(name, Saying($"cat: cannot open {box.Secret}: Permission denied"))) { HasCure = false },
        new("says that it may not read a secret by dots", (box, name) => box.Script(name, Saying("cat: cannot open ../../outside/secret: Permission denied"))) { HasCure = false },
        new("says that a command with a command in it is missing", (box, name) => box.Script(name, Saying("m.cgi: 3: x;touch${IFS}PWNED;: not found"))) { HasCure = false },
        new("says that a module with a command in it is missing", (box, name) => box.Script(name, "#!/usr/bin/perl\nprint STDERR \"Can't locate x\\$(touch\\${IFS}PWNED).pm in \\@INC\\n\"; exit 1;\n")) { HasCure = false },
        new("says that a module with an option in it is missing", (box, name) => box.Script(name, "#!/usr/bin/perl\nprint STDERR \"Can't locate -oAPT::Update::Pre-Invoke::=x.pm in \\@INC\\n\"; exit 1;\n")) { HasCure = false },
        new("a link of somebody else's to a secret", (box, name) => { string link = Path.Combine(box.Site, name); File.CreateSymbolicLink(link, box.Secret); Sandbox.Give(link, "daemon"); return box.Site + "/"; }) { HasCure = false },
        new("a link of root's to a secret", (box, name) => { File.CreateSymbolicLink(Path.Combine(box.Site, name), box.Secret); return box.Site + "/"; }) { HasCure = false },
        new("a link that leads nowhere", (box, name) => { File.CreateSymbolicLink(Path.Combine(box.Site, name), "/nowhere"); return box.Site + "/"; }) { HasCure = false },
        new("a file of root's in a folder of somebody else's", (box, name) => { string script = WithMode(box.Script(name, Works), "644"); Sandbox.Give(box.Site, "daemon"); return script; }) { HasCure = false },
        new("a script in a folder of its own owner's", (box, name) => { string script = WithMode(box.Script(name, Works), "644"); Sandbox.Give(script, "daemon"); Sandbox.Give(box.Site, "daemon"); return script; }),
        new("a script in a folder that everybody may write to", (box, name) => { string script = WithMode(box.Script(name, Works), "644"); WithMode(box.Site, "777"); return script; }),
    ];

    public override string ToString() => Name;

    private static string Saying(string words) => $"#!/bin/sh\ncat >&2 <<'EOF'\n{words}\nEOF\nexit 1\n";

    private static string Write(Sandbox box, string name, string text)
    {
        string path = Path.Combine(box.Site, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static string WithMode(string path, string mode)
    {
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        return path;
    }
}
