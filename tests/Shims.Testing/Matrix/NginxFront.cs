namespace Shims.Testing.Matrix;

/// <summary>nginx with nginx-examples/scgi.conf or fastcgi.conf.</summary>
/// <param name="name">The row's name.</param>
/// <param name="gateway">The program behind it.</param>
/// <param name="change">What is different from the example.</param>
public sealed class NginxFront(string name, Gateway gateway, Func<ExampleFile, ExampleFile>? change = null) : Front(name, gateway)
{
    private static readonly Product s_nginx = new("nginx", "nginx", "-v");

    public override Product Product => s_nginx;

    public override string? BackendAddress => Tcp ? Gateway.TcpAddress : Gateway.Socket;

    /// <summary>Connect to the program over TCP instead of a unix socket.</summary>
    public bool Tcp { get; init; }

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        ExampleFile site = Gateway.NginxExample;
        if (Tcp) site = site.With($"{Gateway.NginxWord}_pass unix:{Gateway.Socket};", $"{Gateway.NginxWord}_pass {Gateway.TcpAddress};");
        return await Nginx.StartAsync(installation, change is null ? site : change(site), Port);
    }
}
