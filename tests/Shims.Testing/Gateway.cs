namespace Shims.Testing;

/// <summary>One of the programs, with the names and addresses that the example files give it.</summary>
public sealed record Gateway
{
    public static readonly Gateway Scgi = new() { Name = "scgi-run", NginxWord = "scgi", SocketName = "scgi", FirstPort = 4000 };

    public static readonly Gateway FastCgi = new() { Name = "fcgi-run", NginxWord = "fastcgi", SocketName = "fcgi", FirstPort = 9000 };

    public static readonly Gateway Uwsgi = new() { Name = "uwsgi-run", NginxWord = "uwsgi", SocketName = "uwsgi", FirstPort = 3031 };

    public static readonly Gateway Ajp = new() { Name = "ajp-run", NginxWord = "ajp13", SocketName = "ajp", FirstPort = 8009 };

    /// <summary>The one with that program name, for tests whose parameters are text.</summary>
    public static Gateway Named(string name) => new[] { Scgi, FastCgi, Uwsgi, Ajp }.Single(gateway => gateway.Name == name);

    /// <summary>The program's name.</summary>
    public required string Name { get; init; }

    /// <summary>What nginx calls the protocol: scgi_pass, fastcgi_pass.</summary>
    public required string NginxWord { get; init; }

    /// <summary>What the examples call its sockets: scgi.sock, awstats-scgi.sock.</summary>
    public required string SocketName { get; init; }

    /// <summary>The port of a folder of scripts; the next two are AWStats's and that of the wait variant.</summary>
    public required int FirstPort { get; init; }

    /// <summary>The unix socket for a folder of scripts, as the examples write it.</summary>
    public string Socket => $"/run/shims/{SocketName}.sock";

    /// <summary>The unix socket of the inetd example's wait variant.</summary>
    public string WaitSocket => $"/run/shims/{SocketName}-wait.sock";

    /// <summary>The address for a folder of scripts over TCP.</summary>
    public string TcpAddress => $"127.0.0.1:{FirstPort}";

    /// <summary>The address of the inetd example's wait variant over TCP.</summary>
    public string WaitTcpAddress => $"127.0.0.1:{FirstPort + 2}";

    /// <summary>The inetd example.</summary>
    public ExampleFile InetdExample => ExampleFile.Read($"inetd-examples/{Name}.conf");

    /// <summary>The nginx example for a folder of scripts.</summary>
    public ExampleFile NginxExample => ExampleFile.Read($"nginx-examples/{NginxWord}.conf");

    /// <summary>Says in an nginx example that was written for SCGI what it says for this protocol, as its first lines tell users to.</summary>
    public ExampleFile Translate(ExampleFile nginxExample) => this == Scgi
        ? nginxExample
        : nginxExample.With("-scgi.sock", "-fcgi.sock").With("scgi_", "fastcgi_");

    public override string ToString() => Name;
}
