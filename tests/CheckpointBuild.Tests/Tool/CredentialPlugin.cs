using System.IO;

namespace CheckpointBuild.Tests.Tool;

/// <summary>A credential plug-in of NuGet's: a script that speaks its protocol, one JSON message a line.</summary>
internal static class CredentialPlugin
{
    // Handshake both ways, then an answer to each request: which claims there are, and the credentials.
    private const string Script = """
        #!/bin/sh
        printf '%s\n' '{"RequestId":"test-1","Type":"Request","Method":"Handshake","Payload":{"ProtocolVersion":"2.0.0","MinimumProtocolVersion":"1.0.0"}}'
        while read -r line; do
          id=$(printf '%s' "$line" | sed 's/.*"RequestId":"\([^"]*\)".*/\1/')
          method=$(printf '%s' "$line" | sed 's/.*"Method":"\([^"]*\)".*/\1/')
          case "$line" in *'"Type":"Request"'*) ;; *) continue ;; esac
          case "$method" in
            Handshake) payload='{"ResponseCode":"Success","ProtocolVersion":"2.0.0"}' ;;
            GetOperationClaims) payload='{"Claims":["Authentication"]}' ;;
            GetAuthenticationCredentials) payload='{"Username":"USER","Password":"PASSWORD","Message":"","AuthenticationTypes":["Basic"],"ResponseCode":"Success"}' ;;
            Close) exit 0 ;;
            *) payload='{"ResponseCode":"Success"}' ;;
          esac
          printf '%s\n' "{\"RequestId\":\"$id\",\"Type\":\"Response\",\"Method\":\"$method\",\"Payload\":$payload}"
        done
        """;

    /// <summary>Writes the plug-in.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="user">What it answers.</param>
    /// <param name="password">And this.</param>
    /// <returns>Its path.</returns>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public static string Write(string folder, string user, string password)
    {
        string path = Path.Combine(Directory.CreateDirectory(folder).FullName, "nuget-plugin-test");
        File.WriteAllText(path, Script.Replace("\r", "", System.StringComparison.Ordinal).Replace("USER", user, System.StringComparison.Ordinal).Replace("PASSWORD", password, System.StringComparison.Ordinal) + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
