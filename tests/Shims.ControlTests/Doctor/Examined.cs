using Shims.Control.Doctor;
using Shims.Control.Servers;
using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>A folder of scripts that doctor looks at in this process, for the user nobody and through the real gateway.</summary>
internal sealed class Examined : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="programs">The folder of the gateways.</param>
    internal Examined(DoctorPrograms programs)
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as another user");
        Settings = new DoctorSettings
        {
            User = UserAccount.Find("nobody")!,
            IsUserNamed = true,
            IsGatewayNamed = true,
            Gateway = [Path.Combine(programs.Folder, "scgi-run"), "--stderr", "inherit"],
            Patience = TimeSpan.FromSeconds(60),
        };
    }

    /// <summary>How doctor looks.</summary>
    internal DoctorSettings Settings { get; set; }

    /// <summary>The folder.</summary>
    internal string Folder => _folder.Path;

    /// <summary>Writes a script of mode 755.</summary>
    /// <returns>Its path.</returns>
    internal string Script(string name, string source) => _folder.WriteScript(name, source);

    /// <summary>Writes another file, of mode 644.</summary>
    internal string Write(string name, string text) => _folder.Write(name, text);

    internal string PathTo(string name) => _folder.PathTo(name);

    /// <summary>All findings about one thing.</summary>
    internal Finding[] LookAt(params string[] whats) => [.. Examinations.ExamineAll(whats, Settings)];

    /// <summary>The only finding about a script, after which there is nothing more to say.</summary>
    internal Finding The(string script) => Assert.Single(LookAt(script));

    /// <summary>The text of a script in sh that writes exactly these bytes, as printf writes them.</summary>
    internal static string Printing(string format) => $"#!/bin/sh\nprintf '{format}'\n";

    internal static void Chmod(string path, string mode) => File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));

    public void Dispose() => _folder.Dispose();
}
