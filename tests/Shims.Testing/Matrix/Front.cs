namespace Shims.Testing.Matrix;

/// <summary>A row of the matrix: one configuration of one web server in front of one of the programs.</summary>
/// <param name="name">Such as nginx-fcgi-keep.</param>
/// <param name="gateway">The program behind it.</param>
public abstract class Front(string name, Gateway gateway)
{
    public string Name { get; } = name;

    public Gateway Gateway { get; } = gateway;

    /// <summary>The web server.</summary>
    public abstract Product Product { get; }

    /// <summary>True if it is part of <c>make test</c>; the others take part in <c>make matrix</c> only.</summary>
    public bool IsQuick { get; init; }

    /// <summary>
    /// Where the program listens, as the example says (a path under /run/shims, or 127.0.0.1:PORT); null where the web server
    /// starts the program itself.
    /// </summary>
    public virtual string? BackendAddress => Gateway.Socket;

    /// <summary>Options that the program needs behind it.</summary>
    /// <param name="installation">As for <see cref="StartServerAsync"/>.</param>
    public virtual IReadOnlyList<string> ProgramOptions(Installation installation) => [];

    /// <summary>The port in the example at which the web server listens.</summary>
    public virtual int Port => 8080;

    /// <summary>Why this web server cannot pass a check, whatever program is behind it; null if it can. Product and version are added to it.</summary>
    public virtual string? LimitOf(Check check) => null;

    /// <summary>Starts the web server with an example file, and waits until it listens.</summary>
    /// <param name="installation">What the names in the example stand for; /srv/cgi-bin is a folder of scripts.</param>
    /// <param name="options">Options for the program, where the web server starts it.</param>
    public abstract Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options);

    public override string ToString() => Name;
}
