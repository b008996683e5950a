using System.Text;

namespace Shims.ProgramTests;

/// <summary>A folder of scripts, as a site has it, and of the pipes by which scripts and tests wait for each other.</summary>
internal sealed class ScriptFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Gate> _gates = [];

    /// <summary>Kept to the end: one that is collected closes its pipe, and a script that then writes to it dies of SIGPIPE.</summary>
    private readonly List<Witness> _witnesses = [];
    private int _pipes;

    /// <summary>The folder as a TARGET: with a slash at the end.</summary>
    public string Target => _folder.Path + "/";

    public string PathTo(string relative) => _folder.PathTo(relative);

    public string Write(string relative, string content) => _folder.Write(relative, content);

    public string MakeFolder(string relative) => _folder.MakeFolder(relative);

    /// <summary>Writes an executable file.</summary>
    public string Script(string relative, string content) => Script(relative, Encoding.UTF8.GetBytes(content));

    /// <inheritdoc cref="Script(string, string)"/>
    public string Script(string relative, byte[] content)
    {
        lock (Invocation.StartingOrWriting)
            return _folder.WriteScript(relative, content);
    }

    /// <summary>Writes a script for /bin/sh.</summary>
    public string Shell(string body, string relative = "script.cgi") => Script(relative, "#!/bin/sh\n" + body + "\n");

    /// <summary>Writes a script for Perl, which neither buffers nor changes what it reads and writes.</summary>
    public string Perl(string body, string relative = "script.cgi") => Script(relative, "#!/usr/bin/perl\nbinmode STDIN; binmode STDOUT; $| = 1;\n" + body + "\n");

    /// <summary>A script that answers with the environment it was started with, byte for byte, each variable ended by a NUL.</summary>
    public string EnvironmentScript(string relative = "script.cgi") => Perl("""
        print "Content-Type: application/octet-stream\n\n";
        open(my $environment, '<:raw', '/proc/self/environ') or die;
        local $/;
        print <$environment>;
        """, relative);

    /// <summary>A script that reads as many bytes as CONTENT_LENGTH says and answers with them.</summary>
    public string EchoScript(string relative = "script.cgi") => Perl("""
        print "Content-Type: application/octet-stream\n\n";
        my $left = $ENV{CONTENT_LENGTH} || 0;
        while ($left > 0) {
            my $count = sysread(STDIN, my $piece, $left < 65536 ? $left : 65536);
            last unless $count;
            $left -= $count;
            for (my $at = 0; $at < $count; ) { $at += syswrite(STDOUT, $piece, $count - $at, $at) // exit 1; }
        }
        """, relative);

    /// <summary>A script that answers "ran" and leaves a file behind, for tests in which it must not run.</summary>
    public string MarkingScript(string relative = "script.cgi")
    {
        return Shell($"echo ran >> {PathTo("ran")}; printf 'Content-Type: text/plain\\n\\nran'", relative);
    }

    /// <summary>True if a <see cref="MarkingScript"/> has run.</summary>
    public bool HasRun => File.Exists(PathTo("ran"));

    /// <summary>A pipe that a script opens for writing and keeps open: see <see cref="ProgramTests.Witness"/>.</summary>
    public Witness Witness()
    {
        var witness = new Witness(PathTo($"witness{++_pipes}"));
        _witnesses.Add(witness);
        return witness;
    }

    /// <summary>A pipe that a script reads a line from before it goes on: see <see cref="ProgramTests.Gate"/>.</summary>
    public Gate Gate()
    {
        var gate = new Gate(PathTo($"gate{++_pipes}"));
        _gates.Add(gate);
        return gate;
    }

    public void Dispose()
    {
        foreach (Gate gate in _gates)
            gate.Abandon();
        lock (Invocation.StartingOrWriting)
            _folder.Dispose();
    }
}
