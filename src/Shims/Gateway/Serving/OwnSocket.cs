using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>A listening socket that this program has opened, and closes.</summary>
internal sealed class OwnSocket : IDisposable
{
    private readonly SocketFile? _file;
    private int _descriptor;

    private OwnSocket(int descriptor, SocketFile? file) => (_descriptor, _file) = (descriptor, file);

    internal int Descriptor => _descriptor;

    /// <summary>True if a client has connected as soon as it has tried to: on a unix socket. Over TCP the last packet of the three may still be on its way.</summary>
    internal bool ConnectsAtOnce => _file is not null;

    /// <summary>Opens it. Descriptors 0 to 2 are open, so that it gets none of them.</summary>
    /// <exception cref="ShimException">The process is root's and that was not allowed, or the system refused.</exception>
    internal static OwnSocket Open(SocketOptions options)
    {
        OwnAddress address = options.Own!;
        if (Libc.EffectiveUser == 0 && !options.AllowsRoot)
        {
            throw new ShimException(ExitCode.Usage, $"{OwnAddress.Option} {address} as root would let everything that clients ask for run as root",
                $"start the program as another user (User= of systemd, USER in a Containerfile, runAsUser of Kubernetes), or write {SocketOptions.RootOption}");
        }
        int descriptor = Libc.CreateSocket(address.Family);
        if (descriptor < 0)
            throw Refused(address);
        try
        {
            if (address.Path is not null)
                return new OwnSocket(descriptor, SocketFile.Claim(descriptor, address, options.Mode));
            Libc.ReuseAddress(descriptor);
            Libc.TakeBothVersions(descriptor);
            return Libc.Bind(descriptor, address.Name) && Libc.Listen(descriptor) ? new OwnSocket(descriptor, null) : throw Refused(address);
        }
        catch
        {
            Libc.Close(descriptor);
            throw;
        }
    }

    /// <summary>From now on no client can connect. Those that have, and have not been accepted, still wait.</summary>
    internal void RefuseClients()
    {
        if (_file is null)
        {
            Libc.RefuseByPacket(_descriptor);
            return;
        }
        _file.Remove();
        Libc.RefuseByPath(_descriptor);
    }

    /// <summary>Closes it. Its number stays taken: other loops may still be about to stop watching it.</summary>
    internal void Close()
    {
        _file?.Remove();
        int none = Libc.OpenNowhere();
        Libc.Replace(_descriptor, none);
        Libc.Close(none);
    }

    /// <summary>Closes it, removes its path, and gives its number back: no loop is left.</summary>
    public void Dispose()
    {
        if (_descriptor < 0)
            return;
        _file?.Remove();
        Libc.Close(_descriptor);
        _descriptor = -1;
    }

    private static ShimException Refused(OwnAddress address)
    {
        int reason = Libc.Errno;
        return new ShimException(ExitCode.SystemError, $"cannot listen at {OwnAddress.Option} {address} ({ScriptDiagnosis.Name(reason)})", reason switch
        {
            Errno.EADDRINUSE => "end the process that listens there, or choose another port: ss -ltnp",
            Errno.EACCES => "choose a port from 1024 on",
            _ => "choose an address that this machine has: ip address",
        });
    }
}
